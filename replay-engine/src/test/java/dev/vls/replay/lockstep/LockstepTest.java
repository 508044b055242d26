package dev.vls.replay.lockstep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.machine.DomainLife;
import dev.vls.machine.Machine;
import dev.vls.machine.MachineExit;
import dev.vls.machine.OutputSink;
import dev.vls.machine.VirtualClock;
import dev.vls.machine.control.ShutdownActions;
import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.translate.Engine;
import dev.vls.machine.hypervisor.CpuidFile;
import dev.vls.machine.hypervisor.HypervisorLog;
import dev.vls.replay.FaultyRun;
import dev.vls.replay.GuestDescription;
import dev.vls.replay.Recording;
import dev.vls.replay.ResourceGuest;
import dev.vls.replay.locate.Execution;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The project's guests in lockstep: without a fault, and with faults made on purpose. */
class LockstepTest {
    private static final int SEED = 20_261_121;
    private static final long MEMORY_BYTES = 16 << 20;

    private static GuestDescription guest(String name, int vcpus) {
        return new GuestDescription(
                "guest",
                name,
                "",
                "",
                MEMORY_BYTES,
                vcpus,
                CpuidFile.BASELINE.text(),
                GuestDescription.Clock.virtual(SEED),
                List.of(),
                List.of(),
                ShutdownActions.DEFAULT);
    }

    private static MachineExit run(Lockstep lockstep, GuestDescription guest, long steps) {
        Recording.Ports ports =
                lockstep.between(
                        new Recording.Ports(new VirtualClock(SEED), (OutputSink) (_, _, _) -> {}));
        ResourceGuest files = new ResourceGuest(guest.kernel());
        try (Machine machine =
                guest.boot(
                        files,
                        ports.inputs(),
                        ports.outputs(),
                        HypervisorLog.SILENT,
                        Lockstep.TRANSLATOR)) {
            DomainLife life =
                    new DomainLife(machine, guest.actions(), ended -> guest.restart(files, ended));
            return lockstep.run(machine, life, steps);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ticker",
                "conformance/vcpus",
                "conformance/sched",
                "conformance/page-tables"
            })
    void enginesThatAgreeRunToTheGuestsEnd(String name) {
        GuestDescription guest = guest(name, 2);
        try (Lockstep lockstep = new Lockstep(guest, new ResourceGuest(name), SEED, line -> {})) {
            assertEquals(MachineExit.SHUTDOWN, run(lockstep, guest, Long.MAX_VALUE));
            assertTrue(lockstep.comparisons() > 0);
        }
    }

    @Test
    void runsGoOnBehindALimit() {
        GuestDescription guest = guest("cruncher", 1);
        try (Lockstep lockstep =
                new Lockstep(guest, new ResourceGuest("cruncher"), SEED, line -> {})) {
            assertEquals(MachineExit.STEP_LIMIT, run(lockstep, guest, 3_000_000));
            assertTrue(lockstep.comparisons() > 10, lockstep.comparisons() + " comparisons");
        }
    }

    private static List<String> reportOf(long faultSteps, Consumer<Execution> fault) {
        GuestDescription guest = guest("cruncher", 1);
        ResourceGuest files = new ResourceGuest("cruncher");
        InputLog log = new InputLog();
        List<String> progress = new ArrayList<>();
        try (Lockstep lockstep =
                new Lockstep(
                        log,
                        new LoggedRun("translated", guest, files, log, Lockstep.TRANSLATOR),
                        new FaultyRun(
                                new LoggedRun("", guest, files, log, Engine.INTERPRETER),
                                faultSteps,
                                fault),
                        SEED,
                        progress::add)) {
            LockstepDifference found =
                    assertThrows(LockstepDifference.class, () -> run(lockstep, guest, 3_000_000));
            assertTrue(!progress.isEmpty());
            return found.report();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 500_000, 2_345_678})
    void aRegisterThatDiffersIsNamedWithTheInstruction(long steps) {
        List<String> report =
                reportOf(steps, run -> run.machine().domain().vcpu(0).cpu.xmm[9] ^= 4);
        assertEquals(
                "first difference: instruction %d of vCPU 0 (%d of all vCPUs)"
                        .formatted(steps, steps),
                report.getFirst());
        assertTrue(
                report.contains("vCPU 0 xmm4.high: 0x0 translated, 0x4 with a fault"),
                report::toString);
        assertEquals(1, report.stream().filter(line -> line.startsWith("  => vcpu0")).count());
    }

    @Test
    void memoryThatDiffersIsFoundAtTheEndOfTheRun() {
        List<String> report =
                reportOf(
                        1_234_567,
                        run -> {
                            Cpu cpu = run.machine().domain().vcpu(0).cpu;
                            // The far end of a guest's memory, which this one does not read.
                            long maddr = cpu.memory().frames() * 4096 - 8;
                            cpu.memory().setLong(maddr, 1);
                        });
        assertTrue(report.getFirst().contains("(1234567 of all vCPUs)"), report::toString);
        assertTrue(
                report.stream().anyMatch(line -> line.matches("page 0x.* at 0xff8: 00 .*")),
                report::toString);
    }
}
