package dev.vls.migration;

/**
 * Whether pages are worth compressing: only where the link holds up who reads them, and only if
 * more of memory goes across in a second then. Looked at window by window. For one thread.
 */
final class CompressionChoice {
    /** Of memory, in a window. */
    static final long WINDOW_BYTES = 8 << 20;

    /** After so many windows the other way is tried, for one. */
    static final int TRIED_AFTER = 16;

    private boolean compresses;
    private boolean tries;
    private int windows = TRIED_AFTER;
    private long bytes;
    private long waited;
    private long began;

    /** Bytes of memory a second in the last window of the way that was chosen. */
    private double known;

    /** Begins to look. */
    void begin(long nanos) {
        bytes = 0;
        waited = 0;
        began = nanos;
    }

    /** Whether the next frame is to be compressed. */
    boolean compresses() {
        return compresses != tries;
    }

    /**
     * A frame has been given to the link.
     *
     * @param rawBytes of memory that it has
     * @param waitedNanos until there was room for it
     * @param now in nanoseconds
     */
    void sent(int rawBytes, long waitedNanos, long now) {
        bytes += rawBytes;
        waited += waitedNanos;
        if (bytes >= WINDOW_BYTES) {
            long nanos = Math.max(1, now - began);
            decide((double) bytes / nanos, waited >= nanos / 4);
            begin(now);
        }
    }

    private void decide(double speed, boolean linkBound) {
        windows++;
        if (tries) {
            tries = false;
            windows = 0;
            if (speed > known) {
                compresses = !compresses;
                known = speed;
            }
            return;
        }
        known = speed;
        // Who compresses looks as well, from time to time: the link may have become faster.
        tries = windows >= TRIED_AFTER && (compresses || linkBound);
    }
}
