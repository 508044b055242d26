package dev.vls.replay.pair;

/**
 * How long the other side of a connection has said nothing. Only time in which this side ran
 * counts.
 */
final class Silence {
    /** So much patience has whoever waits for a first word, or for one that has much to do. */
    static final long GREETING_NANOS = 5_000_000_000L;

    /** Who moves a guest on purpose need not be in a hurry. */
    private static final long MOVE_NANOS = 1_000_000_000;

    /**
     * Between two ticks more time than this has not been the other side's silence: this one did not
     * run, and has not looked yet at what has arrived meanwhile.
     */
    private static final long STALL_NANOS = 20_000_000;

    private long now;
    private long heard;

    Silence(long now) {
        this.now = now;
        this.heard = now;
    }

    /** Something has been heard. */
    void end() {
        heard = now;
    }

    /** It is later. */
    void tick(long nanos) {
        heard += Math.max(0, nanos - now - STALL_NANOS);
        now = nanos;
    }

    boolean isLongerThan(long nanos) {
        return now - heard > nanos;
    }

    /** Of one that is greeted or is sent the guest, by the bound that else holds. */
    static long whileGreeted(long detectNanos) {
        return Math.max(GREETING_NANOS, detectNanos);
    }

    /** Of one that follows; of one that moves the guest as well. */
    static long whileFollowing(boolean moves, long detectNanos) {
        return moves ? Math.max(MOVE_NANOS, detectNanos) : detectNanos;
    }
}
