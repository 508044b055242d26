package dev.vls.migration;

import dev.vls.machine.memory.MachineMemory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How fast pages are sent in rounds, as Clark et al., "Live Migration of Virtual Machines" (NSDI
 * 2005), section 5.3, have it: the first round at the least rate, each other one somewhat faster
 * than pages were dirtied in the one before, so that other traffic suffers no more than it has to.
 * For one thread.
 */
public final class RateControl {
    /** What a round is faster than the dirty rate before it: 50 Mbit/s. */
    private static final long STEP_BYTES = 50_000_000 / 8;

    /** Shorter waits are put off: the host cannot measure them. */
    private static final long WAIT_NANOS_MIN = 1_000_000;

    /**
     * Bytes in a second.
     *
     * @param min of the first round; 0 to send as fast as the connection takes it
     * @param max of any round; 0 for none
     */
    public record Limits(long min, long max) {
        /** As fast as the connection takes it. */
        public static final Limits NONE = new Limits(0, 0);
    }

    private final Limits limits;
    private long rate;
    private long bytes;
    private long began;

    RateControl(Limits limits) {
        this.limits = limits;
        this.rate = limits.min;
    }

    /** A round begins. */
    void begin() {
        bytes = 0;
        began = System.nanoTime();
    }

    /**
     * So many bytes of the round have been given to be sent; waits if that was fast.
     *
     * @return nanoseconds that it has waited
     */
    long sent(int count) {
        bytes += count;
        if (rate > 0) {
            long now = System.nanoTime();
            long wait = began + (long) (bytes * 1e9 / rate) - now;
            if (wait >= WAIT_NANOS_MIN) {
                LockSupport.parkNanos(this, wait);
                return System.nanoTime() - now;
            }
        }
        return 0;
    }

    /** The rest is sent as fast as the connection takes it. */
    void release() {
        rate = 0;
    }

    /** Bytes of the round so far. */
    long bytes() {
        return bytes;
    }

    /** A round has ended, while which pages were dirtied. */
    void dirtied(int pages, long nanos) {
        if (limits.min > 0) {
            long dirtyRate =
                    (long)
                            ((double) pages
                                    * MachineMemory.PAGE_SIZE
                                    * TimeUnit.SECONDS.toNanos(1)
                                    / Math.max(nanos, 1));
            rate = Math.max(limits.min, dirtyRate + STEP_BYTES);
        }
        if (limits.max > 0) {
            rate = rate == 0 ? limits.max : Math.min(rate, limits.max);
        }
    }
}
