package dev.vls.machine.host.net;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Frames on their way from the machine's thread to the one that writes them: a ring of bytes with
 * the framing of stream sockets, a 32-bit big-endian length before each frame. One thread puts, one
 * takes; neither waits for a lock, and putting never waits at all.
 */
final class FrameQueue {
    /** Bytes before a frame that say how long it is. */
    static final int LENGTH_BYTES = 4;

    private final byte[] ring;
    private volatile long produced;
    private volatile long consumed;
    private volatile @Nullable Thread sleeper;

    /**
     * @param capacity in bytes, a power of two
     */
    FrameQueue(int capacity) {
        if (Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException("not a power of two: " + capacity);
        }
        ring = new byte[capacity];
    }

    byte[] ring() {
        return ring;
    }

    /** Where a position lies in {@link #ring}. */
    int index(long position) {
        return (int) position & (ring.length - 1);
    }

    /**
     * Adds a frame made of two pieces.
     *
     * @return false if there is no room for it
     */
    boolean put(byte[] head, int headLength, byte[] bytes, int offset, int length) {
        int size = headLength + length;
        long at = produced;
        if (at - consumed + LENGTH_BYTES + size > ring.length) {
            return false;
        }
        for (int i = 0; i < LENGTH_BYTES; i++) {
            ring[index(at + i)] = (byte) (size >>> (24 - 8 * i));
        }
        copyIn(at + LENGTH_BYTES, head, 0, headLength);
        copyIn(at + LENGTH_BYTES + headLength, bytes, offset, length);
        produced = at + LENGTH_BYTES + size;
        Thread waiting = sleeper;
        if (waiting != null) {
            LockSupport.unpark(waiting);
        }
        return true;
    }

    private void copyIn(long position, byte[] source, int offset, int length) {
        int at = index(position);
        int first = Math.min(length, ring.length - at);
        System.arraycopy(source, offset, ring, at, first);
        System.arraycopy(source, offset + first, ring, 0, length - first);
    }

    /** Copies bytes out that were put; the taker's. */
    void copyOut(long position, byte[] target, int length) {
        int at = index(position);
        int first = Math.min(length, ring.length - at);
        System.arraycopy(ring, at, target, 0, first);
        System.arraycopy(ring, 0, target, first, length - first);
    }

    /** The length that stands at a position. */
    int length(long position) {
        int value = 0;
        for (int i = 0; i < LENGTH_BYTES; i++) {
            value = (value << 8) | (ring[index(position + i)] & 0xFF);
        }
        return value;
    }

    /** The position behind all that was put. */
    long produced() {
        return produced;
    }

    /** The position of what is to be taken next. */
    long consumed() {
        return consumed;
    }

    /** The taker is done with everything before a position. */
    void consume(long position) {
        consumed = position;
    }

    /** The taker waits until something is there or it is interrupted. */
    void awaitFrame() {
        sleeper = Thread.currentThread();
        while (produced == consumed && !Thread.currentThread().isInterrupted()) {
            LockSupport.park(this);
        }
        sleeper = null;
    }
}
