package dev.vls.machine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.machine.cpu.translate.Engine;
import dev.vls.machine.hypervisor.HypervisorLog;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.machine.state.DamagedState;
import dev.vls.machine.state.StateFormatException;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class MachineStateTest {
    /** Some guests run for ever. */
    private static final long STEPS_MAX = 6_000_000;

    private static final long SEED = new Random().nextLong();

    private final Random random = new Random(SEED);

    static List<String> guests() {
        return StateMachine.guests();
    }

    @ParameterizedTest
    @MethodSource("guests")
    void restoredMachineIsEqualAndGoesOnEqually(String guest) {
        System.out.println("seed " + SEED);
        long length = length(guest);
        goesOnEqually(guest, length, Engine.INTERPRETER, Engine.INTERPRETER);
        boolean back = random.nextBoolean();
        goesOnEqually(
                guest,
                length,
                back ? Engine.TRANSLATE_EVERYTHING : Engine.INTERPRETER,
                back ? Engine.INTERPRETER : Engine.TRANSLATE_EVERYTHING);
    }

    /** Steps that a guest takes until its end, at most {@link #STEPS_MAX}. */
    private static long length(String guest) {
        try (Machine machine =
                StateMachine.boot(
                        guest, 2, new VirtualClock(), (b, o, n) -> {}, Engine.INTERPRETER)) {
            machine.run(STEPS_MAX);
            return machine.totalSteps();
        }
    }

    private void goesOnEqually(String guest, long length, Engine before, Engine after) {
        Recording recording = new Recording(random.nextLong(), "ADD 5\nGET\n");
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        ByteArrayOutputStream saidAgain = new ByteArrayOutputStream();
        try (Machine first = StateMachine.boot(guest, 2, recording, said::write, before)) {
            first.run(random.nextLong(length + 1));
            byte[] state = first.save();
            said.reset();
            Recording.Replay replay =
                    new Recording.Replay(
                            recording.entries, recording.entries.size(), random.nextLong());
            try (Machine second =
                    StateMachine.restore(
                            state, first.domain().memory(), replay, saidAgain::write, after)) {
                assertSameState(state, second.save());
                long later = first.totalSteps() + random.nextLong(length + 1);
                assertEquals(first.run(later), second.run(later));
                assertSame(first, second);
                first.run(STEPS_MAX);
                second.run(STEPS_MAX);
                assertSame(first, second);
                assertArrayEquals(said.toByteArray(), saidAgain.toByteArray());
            }
        }
    }

    private static void assertSame(Machine first, Machine second) {
        assertSameState(first.save(), second.save());
        assertArrayEquals(StateDigest.sha256(first.domain()), StateDigest.sha256(second.domain()));
    }

    private static void assertSameState(byte[] expected, byte[] actual) {
        assertEquals(-1, Arrays.mismatch(expected, actual), "the first byte that differs");
    }

    @Test
    void damagedStateIsRefused() {
        System.out.println("seed " + SEED);
        byte[] state = someState();
        for (int i = 0; i < 2_000; i++) {
            byte[] damaged = state.clone();
            damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            byte[] shown =
                    random.nextInt(4) == 0
                            ? Arrays.copyOf(state, random.nextInt(state.length))
                            : damaged;
            assertThrows(StateFormatException.class, () -> SavedMachine.read(shown));
        }
    }

    private byte[] someState() {
        try (Machine machine =
                StateMachine.boot(
                        "conformance/events-fifo",
                        2,
                        new VirtualClock(),
                        (b, o, n) -> {},
                        Engine.INTERPRETER)) {
            machine.run(120_000 + random.nextInt(100_000));
            return machine.save();
        }
    }

    /**
     * Whoever can write a state can write any values. What is not refused makes a machine whose
     * guest may come to grief in many ways.
     */
    @Test
    void stateOfAnEnemyIsRefusedOrRunsWithinItsBounds() {
        System.out.println("seed " + SEED);
        Recording inputs = new Recording(random.nextLong(), "x");
        int ran = 0;
        try (Machine machine =
                StateMachine.boot(
                        "conformance/events-fifo",
                        2,
                        inputs,
                        (b, o, n) -> {},
                        Engine.INTERPRETER)) {
            machine.run(120_000 + random.nextInt(100_000));
            byte[] state = machine.save();
            for (int i = 0; i < 60; i++) {
                byte[] damaged = DamagedState.withRightChecksums(state, random);
                try (Machine restored =
                        StateMachine.restore(
                                damaged,
                                machine.domain().memory(),
                                new Recording(random.nextLong(), "x"),
                                (b, o, n) -> {},
                                Engine.INTERPRETER)) {
                    ran++;
                    restored.run(restored.totalSteps() + 50_000);
                } catch (StateFormatException refused) {
                    assertNotNull(refused.getMessage());
                }
            }
        }
        assertTrue(ran > 0, "all were refused: nothing was tested");
    }

    @Test
    void anotherCpuidPolicyIsRefused() {
        SavedMachine saved = SavedMachine.read(someState());
        try (MachineMemory memory = MachineMemory.allocate(saved.memoryBytes())) {
            StateFormatException refusal =
                    assertThrows(
                            StateFormatException.class,
                            () ->
                                    saved.restore(
                                            memory,
                                            (leaf, subleaf, registers) -> {},
                                            new VirtualClock(),
                                            (b, o, n) -> {},
                                            HypervisorLog.SILENT,
                                            Engine.INTERPRETER));
            assertTrue(String.valueOf(refusal.getMessage()).contains("CPUID"));
        }
    }
}
