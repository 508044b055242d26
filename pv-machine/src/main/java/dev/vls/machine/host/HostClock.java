package dev.vls.machine.host;

import dev.vls.machine.Input;
import dev.vls.machine.InputSource;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Inputs of a machine that lives in host time: CLOCK inputs keep its time with a monotonic clock,
 * in between comes what {@link HostInputs} holds. An input waits for a slice of the machine at
 * most, which is well below a millisecond.
 */
public final class HostClock implements InputSource {
    /** Steps between two looks at the clock and the queue. */
    private static final long SLICE_STEPS = 20_000;

    /** The machine's time is put forward when it is this far behind, in ns. */
    private static final long TOLERANCE = 500_000;

    private final HostInputs inputs;
    private final LongSupplier nanoTime;
    private long start;

    public HostClock(HostInputs inputs) {
        this(inputs, System::nanoTime);
    }

    /** With a clock of the caller's own, in ns, which never goes back. */
    public HostClock(HostInputs inputs, LongSupplier nanoTime) {
        this.inputs = inputs;
        this.nanoTime = nanoTime;
        this.start = nanoTime.getAsLong();
    }

    /** The machine has a past: it is at this system time now, in ns. */
    public void continueFrom(long systemTime) {
        start = nanoTime.getAsLong() - systemTime;
    }

    private long elapsed() {
        return nanoTime.getAsLong() - start;
    }

    @Override
    public long runLimit(int vcpu, long instructionCount) {
        return instructionCount + SLICE_STEPS;
    }

    @Override
    public @Nullable Input poll(int vcpu, long instructionCount, long systemTime) {
        long behind = elapsed() - systemTime;
        return behind >= TOLERANCE ? new Input.Clock(behind) : inputs.poll();
    }

    @Override
    public @Nullable Input await(int vcpu, long instructionCount, long systemTime, long deadline) {
        try {
            Input input = inputs.poll();
            while (input == null) {
                long now = elapsed();
                if (deadline <= now) {
                    return new Input.Clock(Math.max(now - systemTime, 0));
                }
                if (deadline == Long.MAX_VALUE && inputs.areEnded()) {
                    return inputs.poll();
                }
                input = inputs.await(deadline == Long.MAX_VALUE ? Long.MAX_VALUE : deadline - now);
            }
            return input;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
