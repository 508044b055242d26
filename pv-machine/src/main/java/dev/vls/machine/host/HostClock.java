package dev.vls.machine.host;

import dev.vls.machine.Input;
import dev.vls.machine.InputSource;
import dev.vls.machine.Machine;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Inputs of a machine that lives in host time: CLOCK inputs keep its time with a monotonic clock,
 * in between comes what {@link HostInputs} holds. An input waits for a slice of the machine at
 * most. Slices are as long as some {@link #SLICE_NANOS} take: code that is fast is not stopped at
 * every turn to be asked for nothing, and code that is slow is stopped often enough.
 */
public final class HostClock implements InputSource {
    /**
     * Fewest steps between two looks at the clock and the queue: half a millisecond of code that is
     * run for the first time.
     */
    private static final long SLICE_STEPS_MIN = 20_000;

    /** Most steps: the machine asks at the end of each turn of a vCPU. */
    private static final long SLICE_STEPS_MAX = Machine.TURN_STEPS;

    /** What a slice is to take. */
    private static final long SLICE_NANOS = 100_000;

    /** The machine's time is put forward when it is this far behind, in ns. */
    private static final long TOLERANCE = 500_000;

    private final HostInputs inputs;
    private final LongSupplier nanoTime;
    private long start;
    private long sliceSteps = SLICE_STEPS_MIN;

    // The slice under way: whose it is, and where and when it began.
    private int sliceVcpu = -1;
    private long sliceFrom;
    private long sliceBegan;

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
        sliceVcpu = vcpu;
        sliceFrom = instructionCount;
        sliceBegan = elapsed();
        return instructionCount + sliceSteps;
    }

    /** Makes slices longer or shorter by what the last one took, if it was long enough to tell. */
    private void endSlice(int vcpu, long instructionCount, long now) {
        long steps = instructionCount - sliceFrom;
        if (vcpu == sliceVcpu && steps >= SLICE_STEPS_MIN / 2) {
            long took = Math.max(now - sliceBegan, 1);
            long wanted = Math.min(steps * SLICE_NANOS / took, 2 * sliceSteps);
            sliceSteps = Math.clamp(wanted, SLICE_STEPS_MIN, SLICE_STEPS_MAX);
        }
        sliceVcpu = -1;
    }

    @Override
    public @Nullable Input poll(int vcpu, long instructionCount, long systemTime) {
        long now = elapsed();
        endSlice(vcpu, instructionCount, now);
        long behind = now - systemTime;
        return behind >= TOLERANCE ? new Input.Clock(behind) : inputs.poll();
    }

    @Override
    public @Nullable Input await(int vcpu, long instructionCount, long systemTime, long deadline) {
        endSlice(vcpu, instructionCount, elapsed());
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
