package dev.vls.machine.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.machine.Input;
import dev.vls.machine.Machine;
import org.junit.jupiter.api.Test;

/** Slices of a machine of which the test decides how fast it is. */
class HostClockTest {
    private static final long MICROSECOND = 1000;

    private final HostInputs inputs = new HostInputs();
    private final HostClock clock = new HostClock(inputs, () -> this.nanos);
    private long nanos;
    private long count;

    /** Runs slices at a speed; the length of the last one. */
    private long run(int slices, long stepsPerMicrosecond) {
        long steps = 0;
        for (int i = 0; i < slices; i++) {
            steps = clock.runLimit(0, count) - count;
            count += steps;
            nanos += steps * MICROSECOND / stepsPerMicrosecond;
            clock.poll(0, count, nanos);
        }
        return steps;
    }

    @Test
    void fastCodeIsAskedAboutEvery100Microseconds() {
        long steps = run(50, 300);
        assertTrue(steps > 25_000 && steps < 35_000, steps + " steps at 300 a microsecond");
    }

    @Test
    void slicesOfFastCodeHaveABound() {
        assertEquals(Machine.TURN_STEPS, run(50, 1_000_000));
    }

    @Test
    void codeThatBecomesSlowIsAskedAboutOftenBehindOneSlice() {
        run(50, 300);
        assertEquals(20_000, run(3, 50));
    }

    @Test
    void timeWithNothingToDoIsNotThatOfTheCode() {
        long before = run(50, 300);
        clock.runLimit(0, count);
        count += before;
        nanos += before * MICROSECOND / 300;
        inputs.offer(new Input.ConsoleIn(new byte[] {1}));
        assertInstanceOf(Input.ConsoleIn.class, clock.await(0, count, nanos, Long.MAX_VALUE));
        nanos += 1_000_000 * MICROSECOND;
        clock.poll(0, count, nanos);
        long after = clock.runLimit(0, count) - count;
        assertTrue(after > before / 2, after + " steps behind idleness, " + before + " before");
    }

    @Test
    void sliceCutShortSaysNothingOfTheSpeed() {
        long before = run(50, 300);
        for (int i = 0; i < 100; i++) {
            clock.runLimit(0, count);
            count += 10;
            nanos += MICROSECOND * 10;
            clock.poll(0, count, nanos);
        }
        assertEquals(before, clock.runLimit(0, count) - count);
    }

    @Test
    void timeAndInputsComeBetweenSlices() {
        nanos += 600 * MICROSECOND;
        assertEquals(
                600 * MICROSECOND,
                assertInstanceOf(Input.Clock.class, clock.poll(0, 0, 0)).nanoseconds());
        inputs.offer(new Input.ConsoleIn(new byte[] {1}));
        assertInstanceOf(Input.ConsoleIn.class, clock.poll(0, 0, nanos));
    }
}
