package dev.vls.control;

import java.util.concurrent.locks.LockSupport;

/**
 * Slows a leader whose followers are behind: beyond half of the bound the machine rests for a part
 * of its time, which grows with the lag. In small pieces, so that nobody sees a jerk.
 */
final class Throttle {
    /** Shorter rests are put off: the host cannot measure them. */
    private static final long REST_NANOS_MIN = 200_000;

    /** What counts of the time between two looks: the machine waited for the rest of it. */
    private static final long BUSY_NANOS_MAX = 1_000_000;

    /** A follower that gets next to no time of its host's is not to fall behind without bound. */
    private static final double SHARE_MAX = 0.98;

    /** While a follower is new it may be far behind, and the guest is not to stand still for it. */
    private static final double SHARE_UNSETTLED = 0.5;

    private final long boundNanos;
    private volatile double share;
    private volatile boolean released;

    // The machine's thread's.
    private long last;
    private double owed;

    /**
     * @param boundNanos how far followers may be behind
     */
    Throttle(long boundNanos) {
        this.boundNanos = boundNanos;
    }

    /** How far they are behind; from any thread. */
    void lag(long nanos, boolean settled) {
        double over = (nanos - boundNanos / 2.0) / boundNanos;
        share = Math.clamp(over, 0, settled ? SHARE_MAX : SHARE_UNSETTLED);
    }

    /** The machine rests no more. */
    void release() {
        released = true;
    }

    /** The machine's thread, very often. */
    void pause() {
        double rests = share;
        if (rests <= 0 || released) {
            owed = 0;
            last = 0;
            return;
        }
        long now = System.nanoTime();
        if (last != 0) {
            owed += Math.min(now - last, BUSY_NANOS_MAX) * rests / (1 - rests);
        }
        if (owed >= REST_NANOS_MIN) {
            LockSupport.parkNanos(this, (long) owed);
            owed = 0;
        }
        last = System.nanoTime();
    }
}
