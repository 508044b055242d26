package dev.vls.replay;

import dev.vls.machine.control.ShutdownAction;
import dev.vls.machine.control.ShutdownActions;
import dev.vls.machine.device.block.VirtualDisk;
import dev.vls.machine.hypervisor.DomainConfiguration;
import dev.vls.machine.image.DiskImage;
import dev.vls.machine.xenstore.DomainDescription;
import dev.vls.trace.TraceHeader;
import dev.vls.trace.TraceHeader.Device;
import dev.vls.trace.TraceHeader.GuestFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A guest's description as a trace's header, and back. docs/spec/trace-format.md. */
public final class GuestHeader {
    private static final long NANOSECONDS = 1_000_000_000;
    private static final int DISKS_MAX = 16;

    /** In place of the SHA-256 of a disk that was in use. */
    private static final String UNKNOWN_CONTENT = "0".repeat(64);

    private static final String DOMAIN = "domain";
    private static final String DISK = "disk";
    private static final String NETWORK = "network";
    private static final String DATA_LOGGED = "data_logged";

    private GuestHeader() {}

    /**
     * The header of a trace that starts with the guest's boot.
     *
     * @param tool program and version that records
     * @param disks the images as they are at the start, in the order of the guest's disks
     * @param logsDiskData whether the trace will hold what is read from them
     */
    public static TraceHeader of(
            String tool,
            GuestDescription guest,
            GuestFiles files,
            List<GuestFile> disks,
            boolean logsDiskData) {
        HashedFiles hashed = HashedFiles.of(files);
        return new TraceHeader(
                tool,
                TraceHeader.BOOT,
                hashed.describeKernel(guest.kernel()),
                hashed.describeRamdisk(guest.ramdisk()),
                disks,
                guest.commandLine(),
                guest.memoryBytes(),
                guest.vcpus(),
                guest.cpuid(),
                new TraceHeader.Clock(
                        guest.clock().virtual() ? "virtual" : "host",
                        guest.clock().shift(),
                        guest.clock().wallSeconds() * NANOSECONDS,
                        guest.clock().seed()),
                devices(guest, logsDiskData));
    }

    /**
     * The header of a trace that starts with a machine that runs: its first event is behind a
     * checkpoint. What the guest reads from its disks is in the trace, and what they held at the
     * start is nobody's business.
     *
     * @param tool program and version that records
     */
    public static TraceHeader ofRunning(String tool, GuestDescription guest, GuestFiles files) {
        List<GuestFile> disks = new ArrayList<>();
        for (VirtualDisk disk : guest.disks()) {
            long bytes = disk.sectors() * DiskImage.SECTOR_SIZE;
            disks.add(new GuestFile(disk.node().path(), bytes, UNKNOWN_CONTENT, null));
        }
        return of(tool, guest, files, disks, true).ofRunning();
    }

    private static List<Device> devices(GuestDescription guest, boolean logsDiskData) {
        List<Device> devices = new ArrayList<>();
        ShutdownActions actions = guest.actions();
        devices.add(
                new Device(
                        DOMAIN,
                        guest.name(),
                        Map.of(
                                "on_poweroff", actions.onPoweroff().toString(),
                                "on_reboot", actions.onReboot().toString(),
                                "on_watchdog", actions.onWatchdog().toString(),
                                "on_crash", actions.onCrash().toString())));
        for (VirtualDisk disk : guest.disks()) {
            devices.add(
                    new Device(
                            DISK,
                            disk.node().path(),
                            Map.of(
                                    "writable",
                                    Boolean.toString(disk.node().writable()),
                                    "sectors",
                                    Long.toString(disk.sectors()),
                                    "discards",
                                    Boolean.toString(disk.discards()),
                                    DATA_LOGGED,
                                    Boolean.toString(logsDiskData))));
        }
        for (DomainDescription.Interface network : guest.interfaces()) {
            devices.add(
                    new Device(
                            NETWORK,
                            network.bridge(),
                            Map.of(
                                    "mac", network.mac(),
                                    "offloads", Boolean.toString(network.offloads()))));
        }
        return devices;
    }

    /** Whether a trace holds all that the guest read from its disks. */
    public static boolean logsDiskData(TraceHeader header) {
        return header.devices().stream()
                .filter(device -> device.type().equals(DISK))
                .allMatch(device -> flag(device, DATA_LOGGED));
    }

    /**
     * The guest of a trace.
     *
     * @throws ReplayException if the header has what the machine cannot be
     */
    public static GuestDescription read(TraceHeader header) {
        check(
                GuestDescription.isMemorySize(header.memoryBytes()),
                "memory_bytes is no size of a guest's memory");
        check(header.vcpus() <= DomainConfiguration.MAX_VCPUS, "it has too many vCPUs");
        check(
                header.clock().shift() <= DomainConfiguration.SHIFT_MAX,
                "clock.shift is more than the machine's time has");
        long wallSeconds = header.clock().wallNanoseconds() / NANOSECONDS;
        GuestFile ramdisk = header.ramdisk();
        GuestFile kernel = header.kernel();
        Device domain = null;
        List<VirtualDisk> disks = new ArrayList<>();
        List<DomainDescription.Interface> networks = new ArrayList<>();
        for (Device device : header.devices()) {
            switch (device.type()) {
                case DOMAIN -> domain = device;
                case DISK -> disks.add(disk(disks.size(), device));
                case NETWORK -> networks.add(network(networks.size(), device));
                default -> throw unusable("devices has a " + device.type());
            }
        }
        check(domain != null, "devices has no domain");
        check(disks.size() == header.disks().size(), "disks and devices do not agree");
        return new GuestDescription(
                domain == null ? "" : domain.name(),
                kernel == null ? "" : kernel.name(),
                ramdisk == null ? "" : ramdisk.name(),
                header.cmdline(),
                header.memoryBytes(),
                header.vcpus(),
                header.cpuid(),
                new GuestDescription.Clock(
                        header.clock().source().equals("virtual"),
                        header.clock().shift(),
                        wallSeconds,
                        header.clock().seed()),
                disks,
                networks,
                actions(domain));
    }

    private static ShutdownActions actions(@Nullable Device domain) {
        return new ShutdownActions(
                action(domain, "on_poweroff"),
                action(domain, "on_reboot"),
                action(domain, "on_watchdog"),
                action(domain, "on_crash"));
    }

    private static ShutdownAction action(@Nullable Device domain, String name) {
        String word = domain == null ? null : domain.settings().get(name);
        for (ShutdownAction action : ShutdownAction.values()) {
            if (action.toString().equals(word)) {
                return action;
            }
        }
        throw unusable(name + " is none of destroy, restart, preserve");
    }

    private static VirtualDisk disk(int index, Device device) {
        check(index < DISKS_MAX, "it has too many disks");
        String sectors = setting(device, "sectors");
        check(sectors.matches("[1-9][0-9]{0,15}"), "sectors is no number of sectors");
        return new VirtualDisk(
                new DomainDescription.Disk(index, device.name(), flag(device, "writable")),
                Long.parseLong(sectors),
                flag(device, "discards"));
    }

    private static DomainDescription.Interface network(int index, Device device) {
        String mac = setting(device, "mac").toLowerCase(Locale.ROOT);
        check(mac.matches("[0-9a-f]{2}(:[0-9a-f]{2}){5}"), "mac is no address");
        return new DomainDescription.Interface(index, mac, device.name(), flag(device, "offloads"));
    }

    private static boolean flag(Device device, String name) {
        String value = setting(device, name);
        check(value.equals("true") || value.equals("false"), name + " is neither true nor false");
        return value.equals("true");
    }

    private static String setting(Device device, String name) {
        String value = device.settings().get(name);
        if (value == null) {
            throw unusable("a " + device.type() + " has no " + name);
        }
        return value;
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw unusable(otherwise);
        }
    }

    private static ReplayException unusable(String what) {
        return new ReplayException("the trace's header: " + what.replaceAll("\\p{Cntrl}", "?"));
    }
}
