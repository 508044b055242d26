package dev.vls.control;

import dev.vls.control.socket.RuntimeDirectory;
import dev.vls.machine.DomainLife;
import dev.vls.machine.Machine;
import dev.vls.machine.MachineExit;
import dev.vls.machine.cpu.translate.Engine;
import dev.vls.machine.device.DeviceConfiguration;
import dev.vls.machine.domain.DomainImage;
import dev.vls.machine.domain.DomainImage.NamedBytes;
import dev.vls.machine.host.TranslationThread;
import dev.vls.machine.host.disk.HostDisks;
import dev.vls.machine.hypervisor.CpuidFile;
import dev.vls.machine.hypervisor.DomainConfiguration;
import dev.vls.machine.hypervisor.GuestHandle;
import dev.vls.machine.hypervisor.HypervisorLog;
import dev.vls.machine.xenstore.DomainDescription;
import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Boots a PV guest and runs it to its end. */
@Command(
        name = "run",
        description = "Boot a PV guest and run it to its end.",
        footer = {
            "",
            "Exit codes: 0 the guest shut down or ran for --max-instructions, 1 it",
            "crashed or --timeout ended it, 2 wrong usage, 3 an unusable kernel,",
            "ramdisk or disk, 130 Ctrl-C."
        })
final class RunCommand implements Callable<Integer> {
    private static final int PAGE_SHIFT = 12;
    private static final int PAGES_MIN = 256;

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
            names = "--name",
            paramLabel = "NAME",
            description = "What other commands call the guest (default: guest-PID).")
    @Nullable String name;

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
            names = "--net",
            paramLabel = "tap=IF|socket=PATH",
            converter = NetworkTarget.Converter.class,
            description = {
                "A network interface, plugged into a TAP interface or a stream socket",
                "as of passt or QEMU; with ,listen as server, ,mac=MAC. Repeatable."
            })
    List<NetworkTarget> networks = new ArrayList<>();

    @Option(
            names = "--console",
            paramLabel = "WHERE",
            defaultValue = "stdio",
            converter = ConsoleTarget.Converter.class,
            description =
                    "The guest's console: stdio, file=F, socket (only vls console) or none"
                            + " (default: ${DEFAULT-VALUE}).")
    ConsoleTarget console = new ConsoleTarget.None();

    @Option(
            names = "--clock",
            paramLabel = "host|virtual",
            defaultValue = "host",
            description =
                    "Where time comes from: the host, or the count of instructions"
                            + " (default: ${DEFAULT-VALUE}).")
    ClockSource clock = ClockSource.HOST;

    @Option(
            names = "--engine",
            paramLabel = "interpreter|translator",
            defaultValue = "interpreter",
            description = "What executes the guest's code (default: ${DEFAULT-VALUE}).")
    EngineChoice engine = EngineChoice.INTERPRETER;

    @Mixin ShutdownOptions shutdownOptions = new ShutdownOptions();

    @Option(names = "--timeout", paramLabel = "S", description = "Give up after S seconds.")
    @Nullable Double timeoutSeconds;

    @Option(
            names = "--max-instructions",
            paramLabel = "N",
            description = "Stop after N instructions.")
    @Nullable Long maxInstructions;

    @Option(
            names = "--stats",
            paramLabel = "F",
            description = "Write statistics to F, one JSON object.")
    @Nullable String statistics;

    /** A guest that restarts reads its files again; what is to be said of them is said once. */
    private boolean warned;

    @ParentCommand @Nullable Vls vls;
    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        checkOptions();
        // Opened first, closed last: while it is open a signal waits for all of the rest.
        try (StopControl stop = new StopControl(timeoutSeconds);
                ControlSocket socket = ControlSocket.open(name, kernel, console, errors());
                RunHost host = new RunHost(console, clock);
                TranslationThread translations = new TranslationThread()) {
            LogTail log =
                    new LogTail(
                            new StderrLog(errors(), host.console(), vls != null && vls.verbose));
            host.openDisks(disks, log::line);
            host.openNetworks(networks, log::line);
            try (Machine machine = boot(host, log, engine.open(translations))) {
                stop.attach(machine, host);
                RunningDomain domain =
                        new RunningDomain(
                                socket.name(),
                                kernel,
                                memory.bytes() >> 10,
                                machine,
                                host,
                                stop,
                                log);
                socket.serve(domain);
                RunEnd end = run(machine, host, stop);
                domain.ended(end);
                if (end.message() != null) {
                    throw new CommandException(end.exitCode(), end.message());
                }
                return end.exitCode();
            }
        }
    }

    private PrintWriter errors() {
        return spec.commandLine().getErr();
    }

    private void checkOptions() {
        if (vcpus < 1 || vcpus > DomainConfiguration.MAX_VCPUS) {
            throw usage("--vcpus is to be 1 to " + DomainConfiguration.MAX_VCPUS);
        }
        if ((memory.bytes() & ((1 << PAGE_SHIFT) - 1)) != 0
                || memory.bytes() >>> PAGE_SHIFT < PAGES_MIN
                || memory.bytes() >>> PAGE_SHIFT > Integer.MAX_VALUE / 2) {
            throw usage("--memory is to be 1M to 4T, in whole pages of 4K");
        }
        if (name != null && !RuntimeDirectory.isName(name)) {
            throw usage("--name is to be 1 to 48 letters, digits, dots, - and _");
        }
        if (disks.size() > HostDisks.DISKS_MAX) {
            throw usage("there can be at most " + HostDisks.DISKS_MAX + " times --disk");
        }
        if (timeoutSeconds != null && !(timeoutSeconds > 0)) {
            throw usage("--timeout is to be more than 0");
        }
        if (maxInstructions != null && maxInstructions <= 0) {
            throw usage("--max-instructions is to be more than 0");
        }
    }

    /** The interfaces, as the guest is to see them. */
    private List<DomainDescription.Interface> interfaces(RunHost host) {
        List<DomainDescription.Interface> interfaces = new ArrayList<>();
        for (NetworkTarget network : networks) {
            int index = interfaces.size();
            interfaces.add(
                    new DomainDescription.Interface(
                            index,
                            network.macOf(GuestHandle.NULL, index),
                            network.bridge(),
                            host.takesOffloads(index)));
        }
        return interfaces;
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private DomainImage image(Arena files) {
        NamedBytes disk =
                ramdisk == null
                        ? null
                        : new NamedBytes(
                                "ramdisk " + ramdisk, InputFile.map("ramdisk", ramdisk, files));
        if (disk != null && !warned) {
            warnOf(disk);
        }
        return DomainImage.read(
                KernelSource.open(kernel, files),
                disk,
                commandLine,
                memory.bytes() >>> PAGE_SHIFT,
                files);
    }

    /** As {@code xl} does it, which reads the files anew. */
    private void restart(Machine machine) {
        try (Arena files = Arena.ofConfined()) {
            machine.restart(image(files));
        }
    }

    private Machine boot(RunHost host, HypervisorLog log, Engine guestEngine) {
        long pages = memory.bytes() >>> PAGE_SHIFT;
        // The files are needed until the domain is built, and no longer.
        try (Arena files = Arena.ofConfined()) {
            long wallClockSeconds =
                    clock == ClockSource.HOST ? System.currentTimeMillis() / 1000 : 0;
            return Machine.boot(
                    image(files),
                    pages,
                    new DomainConfiguration(1, vcpus, false, 0, wallClockSeconds, GuestHandle.NULL),
                    new DeviceConfiguration(
                            name == null ? "guest" : name,
                            kernel,
                            ramdisk == null ? "" : ramdisk,
                            host.disks(),
                            interfaces(host)),
                    cpuidPolicy(),
                    host.inputs(),
                    host.outputs(),
                    log,
                    guestEngine);
        }
    }

    /** The project's own guests take anything for a ramdisk. */
    private void warnOf(NamedBytes file) {
        boolean forLinux = !kernel.startsWith(BuiltinGuests.PREFIX);
        String complaint = forLinux ? RamdiskCheck.complaint(file.bytes()) : null;
        if (complaint != null) {
            errors().println(
                            "vls: %s: %s: Linux will not boot with it, check the file"
                                    .formatted(file.name(), complaint));
            errors().flush();
        }
        warned = true;
    }

    private CpuidFile cpuidPolicy() {
        if (cpuid == null) {
            return CpuidFile.BASELINE;
        }
        try (Arena files = Arena.ofConfined()) {
            byte[] text =
                    InputFile.map("CPUID policy", cpuid, files).toArray(ValueLayout.JAVA_BYTE);
            return CpuidFile.read(cpuid, new String(text, StandardCharsets.UTF_8));
        }
    }

    private RunEnd run(Machine machine, RunHost host, StopControl stop) {
        host.start(machine, stop);
        if (shutdownOptions.preserve()) {
            host.awaitOperators();
        }
        long start = System.nanoTime();
        MachineExit exit =
                new DomainLife(machine, shutdownOptions.actions(), this::restart)
                        .run(maxInstructions == null ? Long.MAX_VALUE : maxInstructions);
        double seconds = (System.nanoTime() - start) / 1e9;
        RunEnd end = RunEnd.of(machine, exit, stop.reason());
        if (statistics != null) {
            RunStatistics.write(statistics, machine, host, end, seconds);
        }
        return end;
    }
}
