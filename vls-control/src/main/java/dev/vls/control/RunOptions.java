package dev.vls.control;

import dev.vls.machine.host.disk.HostDisks;
import dev.vls.machine.hypervisor.DomainConfiguration;
import dev.vls.replay.GuestDescription;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** What a guest is started with and how it is run, recorded or not. */
final class RunOptions {
    /** The clock of the machine. */
    enum ClockSource {
        /** The host's. */
        HOST,
        /** The count of instructions; idle time is skipped. */
        VIRTUAL
    }

    @Option(
            names = "--kernel",
            required = true,
            paramLabel = "K",
            description = "An ELF kernel or bzImage, or builtin:NAME.")
    String kernel = "";

    @Option(names = "--ramdisk", paramLabel = "R", description = "An initial ramdisk.")
    @Nullable String ramdisk;

    @Option(
            names = "--cmdline",
            paramLabel = "S",
            defaultValue = "",
            description = "The kernel's command line.")
    String commandLine = "";

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            defaultValue = "256M",
            converter = ByteSize.Converter.class,
            description = "The guest's memory (default: ${DEFAULT-VALUE}).")
    ByteSize memory = new ByteSize(0);

    @Option(
            names = "--vcpus",
            paramLabel = "N",
            defaultValue = "1",
            description = "Number of vCPUs (default: ${DEFAULT-VALUE}).")
    int vcpus;

    @Option(
            names = "--cpuid",
            paramLabel = "F",
            description = "What CPUID answers, a policy file (default: what is implemented).")
    @Nullable String cpuid;

    @Option(
            names = "--disk",
            paramLabel = "F[,ro]",
            converter = DiskOption.class,
            description = "A disk image, raw or (named .vhd, .avhd) VHD; repeated, xvda to xvdp.")
    List<HostDisks.Choice> disks = new ArrayList<>();

    @Option(
            names = "--clock",
            paramLabel = "host|virtual",
            defaultValue = "host",
            description =
                    "Where time comes from: the host, or the count of instructions"
                            + " (default: ${DEFAULT-VALUE}).")
    ClockSource clock = ClockSource.HOST;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "Varies time with --clock virtual; a number, 0 for none"
                            + " (default: ${DEFAULT-VALUE}).")
    long seed;

    @Option(
            names = "--engine",
            paramLabel = "interpreter|translator|lockstep",
            defaultValue = "interpreter",
            description = {
                "What executes the guest's code (default: ${DEFAULT-VALUE}); lockstep",
                "compares the two and ends with 4 where they differ."
            })
    LiveEngine engine = LiveEngine.INTERPRETER;

    @Mixin HostOptions host = new HostOptions();
    @Mixin ShutdownOptions shutdownOptions = new ShutdownOptions();
    @Mixin EventOptions eventOptions = new EventOptions();

    /**
     * Checks what picocli does not.
     *
     * @throws ParameterException if an option has a value that it cannot have
     */
    void check(CommandSpec spec) {
        if (vcpus < 1 || vcpus > DomainConfiguration.MAX_VCPUS) {
            throw usage(spec, "--vcpus is to be 1 to " + DomainConfiguration.MAX_VCPUS);
        }
        if (!GuestDescription.isMemorySize(memory.bytes())) {
            throw usage(spec, "--memory is to be 1M to 4T, in whole pages of 4K");
        }
        if (disks.size() > HostDisks.DISKS_MAX) {
            throw usage(spec, "there can be at most " + HostDisks.DISKS_MAX + " times --disk");
        }
        host.check(spec);
    }

    private static ParameterException usage(CommandSpec spec, String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
