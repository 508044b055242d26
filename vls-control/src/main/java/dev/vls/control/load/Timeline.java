package dev.vls.control.load;

import java.util.Arrays;

/**
 * When something arrived, and how much: sums by equal parts of time, and the longest time without
 * anything. For any number of threads.
 */
public final class Timeline {
    private final long startNanos;
    private final long partNanos;
    private final long beganMillis;
    private long[] sums = new long[1024];
    private int parts;
    private long total;
    private long lastNanos;
    private long silenceNanosMax;
    private long silenceFromNanos;

    /**
     * @param startNanos {@link System#nanoTime} when the clients began
     * @param partNanos of a part
     */
    public Timeline(long startNanos, long partNanos) {
        this.startNanos = startNanos;
        this.partNanos = partNanos;
        this.beganMillis =
                System.currentTimeMillis() - (System.nanoTime() - startNanos) / 1_000_000;
        this.lastNanos = startNanos;
    }

    /** So much arrived at a time; a time before the latest one is taken for that. */
    public synchronized void add(long nanos, long amount) {
        long at = Math.max(nanos, lastNanos);
        long silence = at - lastNanos;
        // Before the first there was no connection to be silent on.
        if (total > 0 && silence > silenceNanosMax) {
            silenceNanosMax = silence;
            silenceFromNanos = lastNanos - startNanos;
        }
        lastNanos = at;
        total += amount;
        int part = (int) ((at - startNanos) / partNanos);
        if (part >= sums.length) {
            sums = Arrays.copyOf(sums, Math.max(part + 1, 2 * sums.length));
        }
        sums[part] += amount;
        parts = Math.max(parts, part + 1);
    }

    /** The clients stop; what is missing until now is silence, too. */
    public synchronized void end(long nanos) {
        add(nanos, 0);
    }

    /** Of all that arrived. */
    public synchronized long total() {
        return total;
    }

    /** The longest time between two arrivals. */
    public synchronized long silenceNanosMax() {
        return silenceNanosMax;
    }

    /** When that began, since the start. */
    public synchronized long silenceFromNanos() {
        return silenceFromNanos;
    }

    /** Of each part of time. */
    public synchronized long[] sums() {
        return Arrays.copyOf(sums, parts);
    }

    /** When the clients began, by the host's clock, in ms since 1970. */
    long beganMillis() {
        return beganMillis;
    }

    /** A time by {@link System#nanoTime}, since the start. */
    public double secondsOf(long nanos) {
        return (nanos - startNanos) / 1e9;
    }

    /** Of a part. */
    public long partNanos() {
        return partNanos;
    }
}
