package dev.vls.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.machine.cpu.translate.Engine;
import dev.vls.machine.host.HostClock;
import dev.vls.machine.host.HostInputs;
import dev.vls.xen.abi.sched.ShutdownReason;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The machine's contract with its inputs, whatever executes the guest's code. */
@ParameterizedClass
@MethodSource("dev.vls.machine.ContractEngines#all")
final class MachineTest {
    private static final long STEP_LIMIT = 400_000_000;
    private static final long SEED = new Random().nextLong();

    @Parameter private Engine engine = Engine.INTERPRETER;

    private static void end(TestMachine test) {
        assertEquals(MachineExit.SHUTDOWN, test.machine.run(STEP_LIMIT));
    }

    /** A guest, its command line, and so many vCPUs. */
    private TestMachine start(String guest, InputSource inputs) {
        String commandLine = guest.equals("ticker") ? "ticker.ticks=3 ticker.period_ms=3" : "";
        return new TestMachine(guest, commandLine, 2, inputs, engine);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ticker", "conformance/vcpus", "conformance/events", "conformance/iret"})
    void whereTheSourceStopsTheRunLeavesNoTrace(String guest) {
        System.out.println("seed " + SEED);
        Random random = new Random(SEED);
        InputSource sliced =
                new InputSource() {
                    private final VirtualClock clock = new VirtualClock();

                    @Override
                    public long runLimit(int vcpu, long count) {
                        return count + 1 + random.nextInt(3_000);
                    }

                    @Override
                    public @Nullable Input poll(int vcpu, long count, long time) {
                        return clock.poll(vcpu, count, time);
                    }

                    @Override
                    public @Nullable Input await(int vcpu, long count, long time, long deadline) {
                        return clock.await(vcpu, count, time, deadline);
                    }
                };
        try (TestMachine whole = start(guest, new VirtualClock());
                TestMachine parts = start(guest, sliced)) {
            end(whole);
            end(parts);
            assertEquals(whole.console(), parts.console());
            assertEquals(whole.digest(), parts.digest());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ticker", "crasher", "conformance/vcpus", "conformance/sched"})
    void inputsAtTheSamePlacesGiveTheSameRun(String guest) {
        System.out.println("seed " + SEED);
        Recording recording = new Recording(SEED);
        try (TestMachine recorded = start(guest, recording)) {
            end(recorded);
            Recording.Replay replay = new Recording.Replay(recording.entries, SEED + 1);
            try (TestMachine replayed = start(guest, replay)) {
                end(replayed);
                assertTrue(replay.isAtEnd());
                assertEquals(recorded.console(), replayed.console());
                assertEquals(recorded.digest(), replayed.digest());
            }
        }
    }

    @Test
    void stepLimitIsExactAndTheRunGoesOnBehindIt() {
        try (TestMachine whole = start("hello", new VirtualClock());
                TestMachine parts = start("hello", new VirtualClock())) {
            end(whole);
            for (long limit = 7; limit < 60_000; limit += 7_001) {
                assertEquals(MachineExit.STEP_LIMIT, parts.machine.run(limit));
                assertEquals(limit, parts.machine.totalSteps());
            }
            end(parts);
            assertEquals(whole.digest(), parts.digest());
        }
    }

    @Test
    void consoleInputReachesTheGuestAndItsAnswersComeBack() {
        VirtualClock inputs = new VirtualClock();
        inputs.add(typed("ADD 40\n"));
        inputs.add(typed("AD"));
        inputs.add(typed("D 2\nGET\n"));
        inputs.add(typed("QUIT\n"));
        try (TestMachine test = start("ledger", inputs)) {
            end(test);
            assertTrue(test.console().contains("3 total=42"), test.console());
            assertEquals(ShutdownReason.POWEROFF, test.machine.domain().shutdownReason());
        }
    }

    private static Input typed(String text) {
        return new Input.ConsoleIn(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void machineThatWaitsForNothingEnds() {
        try (TestMachine test = start("ledger", new VirtualClock())) {
            assertEquals(MachineExit.IDLE_FOREVER, test.machine.run(STEP_LIMIT));
        }
    }

    @Test
    void hostClockDrivesTimersAndItsEndEndsTheWait() {
        HostInputs inputs = new HostInputs();
        inputs.offer(typed("GET\n"));
        try (TestMachine test = start("ledger", new HostClock(inputs))) {
            assertEquals(MachineExit.IDLE_FOREVER, test.machine.run(STEP_LIMIT));
            assertTrue(test.console().contains("1 total=0"), test.console());
        }
        try (TestMachine test = start("ticker", new HostClock(new HostInputs()))) {
            end(test);
        }
    }

    @Test
    void stopRequestEndsARunningMachine() {
        try (TestMachine test =
                new TestMachine(
                        "diabolical", "mib=1", 1, new HostClock(new HostInputs()), engine)) {
            Machine machine = test.machine;
            Thread stopper = new Thread(machine::requestStop);
            stopper.start();
            assertEquals(MachineExit.STOPPED, machine.run(Long.MAX_VALUE));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
    void randomBytesAsKernelCodeEndInTheGuestAlone(int number) {
        long seed = SEED + number;
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        try (TestMachine test = start("hello", new VirtualClock())) {
            // The kernel lies at 1 MiB of the guest's memory: overwrite code, leave the rest.
            var vcpu = test.machine.domain().vcpu(0);
            byte[] bytes = new byte[64];
            for (long at = vcpu.cpu.rip() & -4096L; at < (vcpu.cpu.rip() | 4095); at += 64) {
                random.nextBytes(bytes);
                assertTrue(vcpu.guest.write(at, bytes, 0, bytes.length));
            }
            test.machine.run(2_000_000);
        }
    }
}
