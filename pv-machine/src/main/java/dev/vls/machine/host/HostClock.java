package dev.vls.machine.host;

import dev.vls.machine.Input;
import dev.vls.machine.InputSource;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Inputs of a machine that lives in host time: CLOCK inputs keep its time with a monotonic clock,
 * and other threads {@linkplain #offer offer} what users and peers send.
 */
public final class HostClock implements InputSource {
    /** Steps between two looks at the clock and the queue. */
    private static final long SLICE_STEPS = 20_000;

    /** The machine's time is put forward when it is this far behind, in ns. */
    private static final long TOLERANCE = 500_000;

    private final LinkedBlockingQueue<Input> offered = new LinkedBlockingQueue<>();
    private final LongSupplier nanoTime;
    private final long start;
    private volatile boolean closed;

    public HostClock() {
        this(System::nanoTime);
    }

    /** With a clock of the caller's own, in ns, which never goes back. */
    public HostClock(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.start = nanoTime.getAsLong();
    }

    /** Gives an input to the machine; from any thread. */
    public void offer(Input input) {
        offered.add(input);
    }

    /** No more input will come; a machine that waits for nothing else ends. From any thread. */
    public void close() {
        closed = true;
        offered.add(new Input.Clock(0));
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
        return behind >= TOLERANCE ? new Input.Clock(behind) : offered.poll();
    }

    @Override
    public @Nullable Input await(int vcpu, long instructionCount, long systemTime, long deadline) {
        try {
            Input input = offered.poll();
            while (input == null) {
                long now = elapsed();
                if (deadline <= now) {
                    return new Input.Clock(Math.max(now - systemTime, 0));
                }
                if (deadline == Long.MAX_VALUE && closed) {
                    return null;
                }
                input =
                        deadline == Long.MAX_VALUE
                                ? offered.take()
                                : offered.poll(deadline - now, TimeUnit.NANOSECONDS);
            }
            return input;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
