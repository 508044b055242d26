package dev.vls.machine.guests;

import dev.vls.machine.Machine;
import dev.vls.machine.MachineExit;
import dev.vls.machine.StateDigest;
import dev.vls.machine.VirtualClock;
import dev.vls.machine.cpu.translate.Engine;
import dev.vls.machine.device.DeviceConfiguration;
import dev.vls.machine.domain.DomainImage;
import dev.vls.machine.domain.DomainImage.NamedBytes;
import dev.vls.machine.hypervisor.CpuidFile;
import dev.vls.machine.hypervisor.DomainConfiguration;
import dev.vls.machine.hypervisor.GuestHandle;
import dev.vls.machine.hypervisor.HypervisorLog;
import dev.vls.xen.abi.sched.ShutdownReason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * One guest run on the embedded machine as the golden files were recorded: an unprivileged domain
 * of 32 MiB and 2 vCPUs. Time is the instruction count.
 *
 * @param console what it wrote
 * @param end how it ended, in the words of the golden files
 * @param log what the hypervisor said
 * @param steps of all vCPUs
 * @param digest of the final state
 */
record GuestRun(String console, String end, List<String> log, long steps, String digest) {
    private static final long PAGES = 32 << 8;
    private static final int VCPUS = 2;
    private static final long WALL_CLOCK_SECONDS = 1_700_000_000;

    /** Many times what the longest guest takes. */
    private static final long STEP_LIMIT = 4_000_000_000L;

    static GuestRun of(String name, String commandLine) {
        return of(name, commandLine, Engine.INTERPRETER);
    }

    static GuestRun of(String name, String commandLine, Engine engine) {
        return of(name, commandLine, STEP_LIMIT, engine);
    }

    static GuestRun of(String name, String commandLine, long stepLimit) {
        return of(name, commandLine, stepLimit, Engine.INTERPRETER);
    }

    private static GuestRun of(String name, String commandLine, long stepLimit, Engine engine) {
        List<String> log = new ArrayList<>();
        ByteArrayOutputStream console = new ByteArrayOutputStream();
        try (Machine machine = boot(name, commandLine, console, log, engine)) {
            MachineExit exit = machine.run(stepLimit);
            String end =
                    exit == MachineExit.SHUTDOWN
                            ? reason(machine.domain().shutdownReason())
                            : exit.toString();
            return new GuestRun(
                    console.toString(StandardCharsets.UTF_8),
                    end,
                    log,
                    machine.totalSteps(),
                    HexFormat.of().formatHex(StateDigest.sha256(machine.domain())));
        }
    }

    private static Machine boot(
            String name,
            String commandLine,
            ByteArrayOutputStream console,
            List<String> log,
            Engine engine) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment file = MemorySegment.ofArray(Files.readAllBytes(GuestFiles.elf(name)));
            DomainImage image =
                    DomainImage.read(new NamedBytes(name, file), null, commandLine, PAGES, arena);
            return Machine.boot(
                    image,
                    PAGES,
                    new DomainConfiguration(
                            1, VCPUS, false, 0, WALL_CLOCK_SECONDS, GuestHandle.NULL),
                    DeviceConfiguration.NONE,
                    CpuidFile.BASELINE,
                    new VirtualClock(),
                    console::write,
                    listLog(log),
                    engine);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static HypervisorLog listLog(List<String> lines) {
        return new HypervisorLog() {
            @Override
            public boolean verbose() {
                return false;
            }

            @Override
            public void line(String text) {
                lines.add(text);
            }
        };
    }

    private static String reason(int code) {
        return switch (code) {
            case ShutdownReason.POWEROFF -> "poweroff";
            case ShutdownReason.REBOOT -> "reboot";
            case ShutdownReason.CRASH -> "crash";
            case ShutdownReason.WATCHDOG -> "watchdog";
            default -> "reason " + code;
        };
    }

    /** As in a golden file. */
    String text() {
        return console + "exit: " + end + "\n";
    }
}
