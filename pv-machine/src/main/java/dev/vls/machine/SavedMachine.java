package dev.vls.machine;

import dev.vls.machine.cpu.translate.Engine;
import dev.vls.machine.device.DeviceConfiguration;
import dev.vls.machine.device.block.VirtualDisk;
import dev.vls.machine.frames.MemoryManager;
import dev.vls.machine.hypervisor.CpuidPolicy;
import dev.vls.machine.hypervisor.DomainConfiguration;
import dev.vls.machine.hypervisor.GuestHandle;
import dev.vls.machine.hypervisor.HypervisorLog;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.machine.state.StateFields;
import dev.vls.machine.state.StateFormatException;
import dev.vls.machine.state.StateReader;
import dev.vls.machine.state.StateSections;
import dev.vls.machine.xenstore.DomainDescription;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What {@link Machine#save} gave, looked at before it becomes a machine again: the host has to find
 * memory and devices for it first. One machine can be made of it.
 */
public final class SavedMachine {
    private static final int TEXT_MAX = 1 << 16;
    private static final long PAGES_MAX = Integer.MAX_VALUE / 2;

    private final StateReader reader;
    private final Header header;

    private SavedMachine(StateReader reader, Header header) {
        this.reader = reader;
        this.header = header;
    }

    /**
     * Looks at a state.
     *
     * @param state anything; not changed as long as this is used
     * @throws StateFormatException if it is no state of a machine, damaged, or of another version
     */
    public static SavedMachine read(byte[] state) {
        StateReader reader = new StateReader(state);
        return new SavedMachine(reader, Header.read(reader));
    }

    /** Frames that the domain was built with. */
    public long pages() {
        return header.pages;
    }

    /** Bytes of memory that the machine takes, the hypervisor's share included. */
    public long memoryBytes() {
        return MemoryManager.machineBytes(header.pages);
    }

    public DomainConfiguration configuration() {
        return header.configuration;
    }

    /** What the domain has; disks in the order of their indices. */
    public DeviceConfiguration devices() {
        return header.devices;
    }

    /**
     * Makes the machine, which goes on where it was when it is {@linkplain Machine#run run}.
     *
     * @param memory of {@link #memoryBytes}, the machine's from now on. Restoring does not look at
     *     its content, which may come later as long as frames that are missing are flagged so
     * @param policy the one that it was saved with
     * @throws StateFormatException if the state makes no sense, or the policy is another; the
     *     memory is still the caller's then
     */
    public Machine restore(
            MachineMemory memory,
            CpuidPolicy policy,
            InputSource inputs,
            OutputSink outputs,
            HypervisorLog log,
            Engine engine) {
        if (memory.frames() << MachineMemory.PAGE_SHIFT != memoryBytes()) {
            throw new IllegalArgumentException("memory of another size");
        }
        if (!Arrays.equals(CpuidAnswers.of(policy), header.cpuid)) {
            throw new StateFormatException(
                    "the machine was saved with another CPUID policy: give the one that it ran with");
        }
        return Machine.restore(
                new Incarnation.Setup(
                        memory, header.pages, header.devices, policy, inputs, outputs, log, engine),
                header.configuration,
                reader);
    }

    /** What is fixed of a machine. */
    static final class Header {
        private long pages;
        private DomainConfiguration configuration;
        private DeviceConfiguration devices;
        private int[] cpuid;

        Header(
                long pages,
                DomainConfiguration configuration,
                DeviceConfiguration devices,
                CpuidPolicy policy) {
            this.pages = pages;
            this.configuration = configuration;
            this.devices = devices;
            this.cpuid = CpuidAnswers.of(policy);
        }

        static Header read(StateReader reader) {
            Header header =
                    new Header(
                            1,
                            DomainConfiguration.unprivileged(1),
                            DeviceConfiguration.NONE,
                            (leaf, subleaf, registers) -> {});
            header.state(reader);
            return header;
        }

        void state(StateSections sections) {
            sections.section("machine", this::machine);
            sections.section("devices", this::devices);
        }

        private void machine(StateFields s) {
            pages = s.int64("pages", pages, 1, PAGES_MAX);
            DomainConfiguration c = configuration;
            configuration =
                    new DomainConfiguration(
                            s.int32("domid", c.domid(), 0, 0x7FFF),
                            s.int32("vcpus", c.vcpus(), 1, DomainConfiguration.MAX_VCPUS),
                            s.flag("initialDomain", c.initialDomain()),
                            s.int32(
                                    "shift",
                                    c.stepsPerNanosecondShift(),
                                    0,
                                    DomainConfiguration.SHIFT_MAX),
                            s.int64("wallClockSeconds", c.wallClockSeconds()),
                            new GuestHandle(
                                    s.int64("handle", c.handle().high()),
                                    s.int64("handle", c.handle().low())));
            s.ints("cpuid", cpuid);
        }

        private void devices(StateFields s) {
            DeviceConfiguration d = devices;
            devices =
                    new DeviceConfiguration(
                            s.text("name", d.name(), TEXT_MAX),
                            s.text("kernel", d.kernel(), TEXT_MAX),
                            s.text("ramdisk", d.ramdisk(), TEXT_MAX),
                            s.list("disks", d.disks(), 16, disk -> disk(s, disk)),
                            s.list("interfaces", d.interfaces(), 256, net -> network(s, net)));
        }

        private static VirtualDisk disk(StateFields s, @Nullable VirtualDisk disk) {
            DomainDescription.Disk node =
                    disk == null ? new DomainDescription.Disk(0, "", false) : disk.node();
            return new VirtualDisk(
                    new DomainDescription.Disk(
                            s.int32("index", node.index(), 0, 15),
                            s.text("path", node.path(), TEXT_MAX),
                            s.flag("writable", node.writable())),
                    s.int64("sectors", disk == null ? 0 : disk.sectors(), 0, 1L << 54),
                    s.flag("discards", disk != null && disk.discards()));
        }

        private static DomainDescription.Interface network(
                StateFields s, DomainDescription.@Nullable Interface net) {
            return new DomainDescription.Interface(
                    s.int32("index", net == null ? 0 : net.index(), 0, 255),
                    s.text("mac", net == null ? "" : net.mac(), TEXT_MAX),
                    s.text("bridge", net == null ? "" : net.bridge(), TEXT_MAX),
                    s.flag("offloads", net != null && net.offloads()));
        }
    }
}
