package dev.vls.machine.xenstore;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes to the store what {@code xl create} of Xen 4.17 writes for a PV domain: values and
 * permissions, as recorded from it. What a backend adds when it sees its node is the backend's.
 */
public final class XenstoreLayout {
    private static final long CONSOLE_LIMIT_BYTES = 1 << 20;

    private final XenstoreClient store;
    private final DomainDescription domain;
    private final String home;
    private final String vm;
    private final List<StorePermission> toolstack =
            List.of(new StorePermission(0, StorePermission.NONE));
    private final List<StorePermission> readable;
    private final List<StorePermission> owned;
    private final List<StorePermission> frontend;

    public XenstoreLayout(XenstoreClient store, DomainDescription domain) {
        this.store = store;
        this.domain = domain;
        int domid = domain.domid();
        home = StorePaths.ofDomain(domid);
        vm = "/vm/" + domain.uuid();
        StorePermission reads = new StorePermission(domid, StorePermission.READ);
        readable = List.of(toolstack.getFirst(), reads);
        owned = List.of(new StorePermission(domid, StorePermission.NONE));
        frontend = List.of(owned.getFirst(), new StorePermission(0, StorePermission.READ));
    }

    /** What the store of a host holds before its first domain. */
    public static void writeHost(XenstoreClient store) {
        Map<String, String> nodes = new LinkedHashMap<>();
        nodes.put("/local/domain/0/control/feature-poweroff", "1");
        nodes.put("/local/domain/0/control/feature-reboot", "1");
        nodes.put("/local/domain/0/control/feature-suspend", "1");
        nodes.put("/local/domain/0/domid", "0");
        nodes.put("/local/domain/0/name", "Domain-0");
        nodes.put("/local/pool/0/name", "Pool-0");
        nodes.forEach(store::write);
    }

    /** Everything but the devices; the domain can then be introduced. */
    public void writeDomain() {
        write(home, "", readable);
        write(vm, "", readable);
        write(vm + "/name", domain.name(), readable);
        write(vm + "/uuid", domain.uuid(), readable);
        write(vm + "/image", "", readable);
        write(vm + "/image/ostype", "linux", readable);
        write(vm + "/image/kernel", domain.kernel(), readable);
        if (!domain.ramdisk().isEmpty()) {
            write(vm + "/image/ramdisk", domain.ramdisk(), readable);
        }
        write(vm + "/image/cmdline", domain.commandLine(), readable);
        write(vm + "/start_time", domain.startTime(), readable);
        write(home + "/vm", vm, readable);
        write(home + "/name", domain.name(), readable);
        write(home + "/cpu", "", readable);
        for (int vcpu = 0; vcpu < domain.vcpus(); vcpu++) {
            write(home + "/cpu/" + vcpu, "", readable);
            write(home + "/cpu/" + vcpu + "/availability", "online", readable);
        }
        write(home + "/memory", "", readable);
        write(home + "/memory/static-max", Long.toString(domain.memoryKib()), readable);
        write(home + "/memory/target", Long.toString(domain.memoryKib()), readable);
        write(home + "/memory/videoram", "0", readable);
        writeControl();
        write(home + "/domid", Integer.toString(domain.domid()), readable);
        write(home + "/store", "", readable);
        write(home + "/store/port", Integer.toString(domain.storePort()), readable);
        write(home + "/store/ring-ref", Long.toString(domain.storeFrame()), readable);
        write("/libxl/" + domain.domid(), "", toolstack);
        write("/libxl/" + domain.domid() + "/type", "pv", toolstack);
        write("/libxl/" + domain.domid() + "/dm-version", "qemu_xen", toolstack);
    }

    private void writeControl() {
        write(home + "/device", "", readable);
        write(home + "/device/suspend", "", readable);
        write(home + "/device/suspend/event-channel", "", owned);
        write(home + "/control", "", readable);
        for (String name :
                List.of("shutdown", "feature-poweroff", "feature-reboot", "feature-suspend")) {
            write(home + "/control/" + name, "", owned);
        }
        write(home + "/control/sysrq", "", owned);
        String feature = home + "/control/platform-feature-";
        write(feature + "multiprocessor-suspend", "1", readable);
        write(feature + "xs_reset_watches", "1", readable);
        for (String name : List.of("data", "drivers", "feature", "attr", "error")) {
            write(home + "/" + name, "", owned);
        }
    }

    /**
     * The console.
     *
     * @param output what the console's daemon writes of itself, such as {@code pty}
     */
    public void writeConsole(String output) {
        Map<String, String> back = new LinkedHashMap<>();
        back.put("frontend", home + "/console");
        back.put("frontend-id", Integer.toString(domain.domid()));
        back.put("online", "1");
        back.put("state", "1");
        back.put("protocol", "vt100");
        String backend = writeBackend("console", 0, home + "/console", back);
        String console = home + "/console";
        write(console, "", readable);
        write(console + "/backend", backend, readable);
        write(console + "/backend-id", "0", frontend);
        write(console + "/limit", Long.toString(CONSOLE_LIMIT_BYTES), readable);
        write(console + "/type", "xenconsoled", readable);
        write(console + "/output", output, readable);
        write(console + "/port", Integer.toString(domain.consolePort()), readable);
        write(console + "/ring-ref", Long.toString(domain.consoleFrame()), readable);
    }

    /** All disks and interfaces. */
    public void writeDevices() {
        domain.disks().forEach(this::writeDisk);
        domain.interfaces().forEach(this::writeInterface);
    }

    private void writeDisk(DomainDescription.Disk disk) {
        String number = Integer.toString(disk.number());
        String front = home + "/device/vbd/" + number;
        Map<String, String> back = commonBackend(front);
        back.put("params", disk.path());
        back.put("script", "/etc/xen/scripts/block");
        back.put("removable", "0");
        back.put("bootable", "1");
        back.put("dev", disk.deviceName());
        back.put("type", "phy");
        back.put("mode", disk.writable() ? "w" : "r");
        back.put("device-type", "disk");
        back.put("discard-enable", disk.writable() ? "1" : "0");
        back.put("specification", "xen");
        String backend = writeBackend("vbd", disk.number(), front, back);
        Map<String, String> nodes = commonFrontend(backend);
        nodes.put("virtual-device", number);
        nodes.put("device-type", "disk");
        nodes.put("trusted", "1");
        nodes.put("protocol", "x86_64-abi");
        writeFrontend("vbd", front, nodes);
    }

    private void writeInterface(DomainDescription.Interface network) {
        String index = Integer.toString(network.index());
        String front = home + "/device/vif/" + index;
        Map<String, String> back = commonBackend(front);
        back.put("script", "/etc/xen/scripts/vif-bridge");
        back.put("mac", network.mac());
        back.put("bridge", network.bridge());
        back.put("handle", index);
        back.put("type", "vif");
        back.put("hotplug-status", "");
        String backend = writeBackend("vif", network.index(), front, back);
        Map<String, String> nodes = commonFrontend(backend);
        nodes.put("handle", index);
        nodes.put("mac", network.mac());
        nodes.put("trusted", "1");
        writeFrontend("vif", front, nodes);
        write(front + "/mtu", "1500", readable);
    }

    /** Takes away all that these methods have written. */
    public void remove() {
        for (String kind : List.of("vbd", "vif", "console")) {
            remove("/local/domain/0/backend/" + kind + "/" + domain.domid());
        }
        remove(home);
        remove(vm);
        remove("/libxl/" + domain.domid());
    }

    /** An operator may have taken any of it away. */
    private void remove(String path) {
        if (store.read(path) != null) {
            store.remove(path);
        }
    }

    private Map<String, String> commonBackend(String front) {
        Map<String, String> nodes = new LinkedHashMap<>();
        nodes.put("frontend", front);
        nodes.put("frontend-id", Integer.toString(domain.domid()));
        nodes.put("online", "1");
        nodes.put("state", "1");
        return nodes;
    }

    private static Map<String, String> commonFrontend(String backend) {
        Map<String, String> nodes = new LinkedHashMap<>();
        nodes.put("backend", backend);
        nodes.put("backend-id", "0");
        nodes.put("state", "1");
        return nodes;
    }

    /** The backend's node, and the toolstack's own copy of it; answers its path. */
    private String writeBackend(String kind, int index, String front, Map<String, String> nodes) {
        String backend = "/local/domain/0/backend/%s/%d/%d".formatted(kind, domain.domid(), index);
        String copy = "/libxl/%d/device/%s/%d".formatted(domain.domid(), kind, index);
        write(backend, "", readable);
        nodes.forEach((name, value) -> write(backend + "/" + name, value, readable));
        write(copy, "", toolstack);
        write(copy + "/frontend", front, toolstack);
        write(copy + "/backend", backend, toolstack);
        nodes.forEach((name, value) -> write(copy + "/" + name, value, toolstack));
        return backend;
    }

    private void writeFrontend(String kind, String front, Map<String, String> nodes) {
        write(home + "/device/" + kind, "", readable);
        write(front, "", frontend);
        nodes.forEach((name, value) -> write(front + "/" + name, value, frontend));
    }

    private void write(String path, String value, List<StorePermission> permissions) {
        store.write(path, value);
        store.setPermissions(path, permissions);
    }
}
