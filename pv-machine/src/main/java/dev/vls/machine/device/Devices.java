package dev.vls.machine.device;

import dev.vls.machine.device.block.BlockBackend;
import dev.vls.machine.device.block.DiskPort;
import dev.vls.machine.device.block.DiskRequest;
import dev.vls.machine.device.block.VirtualDisk;
import dev.vls.machine.device.net.NetworkBackend;
import dev.vls.machine.device.net.NetworkPort;
import dev.vls.machine.device.xenbus.DriverDomain;
import dev.vls.machine.device.xenbus.XenbusBackend;
import dev.vls.machine.domain.BuiltDomain;
import dev.vls.machine.domain.DomainBuilder;
import dev.vls.machine.grant.BackendGrants;
import dev.vls.machine.hypervisor.Domain;
import dev.vls.machine.hypervisor.DomainConfiguration;
import dev.vls.machine.hypervisor.HypervisorLog;
import dev.vls.machine.state.StateFields;
import dev.vls.machine.state.StateSections;
import dev.vls.machine.xenstore.DomainDescription;
import dev.vls.xen.abi.xen.Virq;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The device room of the machine: the console, the store, and the backends of the PV devices. Hands
 * inputs from outside to the device that they are for.
 */
public final class Devices {
    private static final int COMMAND_LINE_MAX = 1 << 20;

    private final Domain domain;
    private final DeviceConfiguration configuration;
    private final Console console;
    private final StoreDevice store;
    private @Nullable DomainDescription described;
    private final List<BlockBackend> blocks = new ArrayList<>();

    /** All of them, in the order of their offer to the guest. */
    private final List<XenbusBackend> backends = new ArrayList<>();

    private final List<NetworkBackend> networks = new ArrayList<>();

    /**
     * @param grants of the domain
     * @param consoleOutput where the console's bytes go
     * @param disks where requests to disks go
     * @param networkPort where frames of the guest go
     */
    public Devices(
            Domain domain,
            BackendGrants grants,
            DeviceConfiguration configuration,
            Console.Output consoleOutput,
            DiskPort disks,
            NetworkPort networkPort,
            HypervisorLog log) {
        this.domain = domain;
        this.configuration = configuration;
        this.console = new Console(domain, consoleOutput);
        this.store = new StoreDevice(domain);
        domain.hypervisorConsole().setOutput(consoleOutput::write);
        DriverDomain home = new DriverDomain(domain, grants, store);
        for (VirtualDisk disk : configuration.disks()) {
            blocks.add(new BlockBackend(home, disk, disks));
        }
        backends.addAll(blocks);
        for (DomainDescription.Interface network : configuration.interfaces()) {
            networks.add(new NetworkBackend(home, network, networkPort, log));
        }
        backends.addAll(networks);
    }

    /** What is at the other ends of the event channels that the builder makes. */
    public DomainBuilder.Backends builderBackends() {
        return new DomainBuilder.Backends(store.onEvent(), console.onEvent());
    }

    /**
     * Connects the console, tells the store of the domain, and offers the devices.
     *
     * @param memoryKib the domain's memory
     */
    public void attach(BuiltDomain built, long memoryKib, String commandLine) {
        if (domain.configuration().initialDomain()) {
            console.attach(built.consoleMfn(), built.consolePort());
        } else {
            attach(built, describe(built, memoryKib, commandLine));
        }
    }

    private void attach(BuiltDomain built, DomainDescription description) {
        console.attach(built.consoleMfn(), built.consolePort());
        store.introduce(built, description);
        backends.forEach(XenbusBackend::start);
        store.serve();
        described = description;
    }

    /** The domain is no more: no device knows it. */
    public void stop() {
        backends.forEach(XenbusBackend::stop);
        console.serve();
    }

    /** The domain leaves its surroundings: no device knows it, and the store has no node of it. */
    public void detach() {
        stop();
        store.forget(Objects.requireNonNull(described));
    }

    /** The domain has been restored: all devices are offered to it as to a new one. */
    public void reattach(BuiltDomain built) {
        attach(
                built,
                Objects.requireNonNull(described)
                        .reconnected(
                                built.storePort(),
                                built.storeMfn(),
                                built.consolePort(),
                                built.consoleMfn()));
    }

    private DomainDescription describe(BuiltDomain built, long memoryKib, String commandLine) {
        DomainConfiguration fixed = domain.configuration();
        return new DomainDescription(
                fixed.domid(),
                configuration.name(),
                fixed.handle().toString(),
                fixed.vcpus(),
                memoryKib,
                configuration.kernel(),
                configuration.ramdisk(),
                commandLine,
                fixed.wallClockSeconds() + ".00",
                built.storePort(),
                built.storeMfn(),
                built.consolePort(),
                built.consoleMfn(),
                configuration.disks().stream().map(VirtualDisk::node).toList(),
                configuration.interfaces());
    }

    public StoreDevice store() {
        return store;
    }

    /** A vCPU waits or the domain has ended: what the guest asked for is done at once. */
    public void hurry() {
        console.serve();
        for (XenbusBackend backend : backends) {
            backend.hurry();
        }
    }

    /** Bytes typed at the console that its ring had no room for yet. */
    public int consoleBacklog() {
        return console.backlog();
    }

    /**
     * Takes the place of the devices of a domain that is no more: the same cables are plugged in,
     * and the host may still be at requests of that domain.
     */
    public void replace(Devices predecessor) {
        for (int i = 0; i < blocks.size(); i++) {
            blocks.get(i).replace(predecessor.blocks.get(i));
        }
        for (int i = 0; i < networks.size(); i++) {
            networks.get(i).setCarrier(predecessor.networks.get(i).hasCarrier());
        }
        store.serve();
    }

    /** The backend of an interface. */
    public NetworkBackend network(int index) {
        if (index < 0 || index >= networks.size()) {
            throw new IllegalStateException("no network device " + index);
        }
        return networks.get(index);
    }

    /** Bytes typed at the console; an initial domain has that of the hypervisor. */
    public void consoleInput(byte[] bytes) {
        if (domain.configuration().initialDomain()) {
            domain.hypervisorConsole().receive(bytes);
            domain.events().sendVirq(domain.vcpu(0), Virq.CONSOLE);
        } else {
            console.receive(bytes);
        }
    }

    /**
     * The host has done a request to a disk.
     *
     * @param disk its index
     * @param status {@link dev.vls.xen.abi.io.BlkifStatus}
     * @throws IllegalStateException if there is no such request: the inputs are of another machine
     */
    public void blockDone(int disk, long request, int status) {
        for (BlockBackend block : blocks) {
            if (block.index() == disk) {
                block.done(request, status);
                return;
            }
        }
        throw new IllegalStateException("no disk " + disk);
    }

    // --- state ---

    /** All devices, as one of the same configuration had them. */
    public void state(StateSections sections) {
        sections.section("console", console::state);
        sections.section("xenstore", this::storeState);
        for (BlockBackend block : blocks) {
            sections.section("block/" + block.index(), block::state);
        }
        for (int i = 0; i < networks.size(); i++) {
            sections.section("network/" + i, networks.get(i)::state);
        }
    }

    private void storeState(StateFields s) {
        store.state(s);
        DomainDescription before = described;
        if (!s.flag("described", before != null)) {
            described = null;
            return;
        }
        BuiltDomain none = new BuiltDomain(0, 0, 0, 0);
        DomainDescription d = before == null ? describe(none, 0, "") : before;
        long memoryKib = s.int64("memoryKib", d.memoryKib());
        String commandLine = s.text("commandLine", d.commandLine(), COMMAND_LINE_MAX);
        BuiltDomain built =
                new BuiltDomain(
                        s.int64("storeFrame", d.storeFrame()),
                        s.int32("storePort", d.storePort()),
                        s.int64("consoleFrame", d.consoleFrame()),
                        s.int32("consolePort", d.consolePort()));
        described = describe(built, memoryKib, commandLine);
    }

    /** What the host has not answered, of each disk in the order in which it was asked. */
    public List<DiskRequest> unanswered() {
        return blocks.stream().flatMap(block -> block.unanswered().stream()).toList();
    }

    /** Interfaces of the domain. */
    public int networkCount() {
        return networks.size();
    }
}
