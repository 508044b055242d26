package dev.vls.replay;

import dev.vls.machine.InputSource;
import dev.vls.machine.Machine;
import dev.vls.machine.OutputSink;
import dev.vls.machine.SavedMachine;
import dev.vls.machine.control.ShutdownActions;
import dev.vls.machine.cpu.translate.Engine;
import dev.vls.machine.device.DeviceConfiguration;
import dev.vls.machine.device.block.VirtualDisk;
import dev.vls.machine.domain.DomainImage;
import dev.vls.machine.hypervisor.CpuidFile;
import dev.vls.machine.hypervisor.DomainConfiguration;
import dev.vls.machine.hypervisor.GuestHandle;
import dev.vls.machine.hypervisor.HypervisorLog;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.machine.xenstore.DomainDescription;
import java.lang.foreign.Arena;
import java.util.List;

/**
 * All that a guest is built from but its files' contents: with those, a machine's first state
 * follows from it. What a trace's header holds.
 *
 * @param name of the domain, as the store has it
 * @param kernel the kernel's name, as the store has it
 * @param ramdisk the ramdisk's, empty for none
 * @param commandLine of the kernel
 * @param memoryBytes whole pages
 * @param cpuid the CPUID policy, as {@link CpuidFile} reads it
 * @param clock where its time comes from
 * @param disks in the order of their indices
 * @param interfaces in the order of their indices
 * @param actions what becomes of it when it shuts down
 */
public record GuestDescription(
        String name,
        String kernel,
        String ramdisk,
        String commandLine,
        long memoryBytes,
        int vcpus,
        String cpuid,
        Clock clock,
        List<VirtualDisk> disks,
        List<DomainDescription.Interface> interfaces,
        ShutdownActions actions) {

    /** Guests with less memory are refused. */
    public static final long MEMORY_MIN = 1 << 20;

    /** And those with so much, or more. */
    public static final long MEMORY_MAX = 4L << 40;

    /**
     * A guest's time.
     *
     * @param virtual whether it is a function of the instruction count
     * @param shift between two CLOCK inputs a nanosecond is {@code 1 << shift} steps long
     * @param wallSeconds the wall clock at the start, seconds since 1970
     * @param seed what varies virtual time
     */
    public record Clock(boolean virtual, int shift, long wallSeconds, long seed) {
        /** Code that is faster than this would make the guest's time run ahead of the host's. */
        private static final int HOST_SHIFT = 3;

        /** Time by the host's clock, for code of up to 8 billion steps a second. */
        public static Clock host(long wallSeconds) {
            return new Clock(false, HOST_SHIFT, wallSeconds, 0);
        }

        /** Time by the instruction count: a step is a nanosecond. */
        public static Clock virtual(long seed) {
            return new Clock(true, 0, 0, seed);
        }
    }

    public GuestDescription {
        disks = List.copyOf(disks);
        interfaces = List.copyOf(interfaces);
    }

    /**
     * Whether a guest can have so much memory.
     *
     * @param bytes of any value
     */
    public static boolean isMemorySize(long bytes) {
        return (bytes & ~MachineMemory.PAGE_MASK) == 0 && bytes >= MEMORY_MIN && bytes < MEMORY_MAX;
    }

    /** Whether a machine that was saved has been made for such a guest. */
    public boolean isOf(SavedMachine saved) {
        DeviceConfiguration given = saved.devices();
        return saved.pages() == pages()
                && saved.configuration().vcpus() == vcpus
                && saved.configuration().stepsPerNanosecondShift() == clock.shift
                && given.disks().size() == disks.size()
                && given.interfaces().size() == interfaces.size();
    }

    private long pages() {
        return memoryBytes >>> MachineMemory.PAGE_SHIFT;
    }

    /**
     * Reads the files.
     *
     * @param arena owns what refers to them
     * @throws dev.vls.machine.domain.KernelImageException if no domain can be built from them
     */
    public DomainImage image(GuestFiles files, Arena arena) {
        return DomainImage.read(
                files.kernel(arena), files.ramdisk(arena), commandLine, pages(), arena);
    }

    /**
     * Makes the machine and boots the guest, up to before its first instruction.
     *
     * @throws dev.vls.machine.memory.HostMemoryException if the host has not that much memory
     * @throws dev.vls.machine.domain.KernelImageException if no domain can be built from the files
     * @throws dev.vls.machine.hypervisor.CpuidPolicyException if the machine has not what the
     *     policy reports
     */
    public Machine boot(
            GuestFiles files,
            InputSource inputs,
            OutputSink outputs,
            HypervisorLog log,
            Engine engine) {
        // The files are needed until the domain is built, and no longer.
        try (Arena arena = Arena.ofConfined()) {
            return Machine.boot(
                    image(files, arena),
                    pages(),
                    new DomainConfiguration(
                            1, vcpus, false, clock.shift, clock.wallSeconds, GuestHandle.NULL),
                    new DeviceConfiguration(name, kernel, ramdisk, disks, interfaces),
                    CpuidFile.read("of the guest", cpuid),
                    inputs,
                    outputs,
                    log,
                    engine);
        }
    }

    /** Builds the guest anew in its machine, from its files, as {@code xl} does it. */
    public void restart(GuestFiles files, Machine machine) {
        try (Arena arena = Arena.ofConfined()) {
            machine.restart(image(files, arena));
        }
    }
}
