package dev.vls.control.console;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The last of what the guest wrote, and the readers that follow it. The guest's bytes come from the
 * machine's thread, which waits while a reader is a whole buffer behind: nothing is lost, nothing
 * grows, and for the guest it is time that passes. Each reader reads on a thread of its own.
 *
 * <p>A reader other than the first may not hold up the guest for ever: one that has taken nothing
 * for {@link #PATIENCE_NANOSECONDS} while the machine waited for it is cut off.
 */
public final class ConsoleBuffer {
    /** What a reader may be behind. */
    public static final int CAPACITY = 256 * 1024;

    /** What a reader that comes later is given of what was before. */
    public static final int SCROLLBACK = 64 * 1024;

    static final long PATIENCE_NANOSECONDS = 30_000_000_000L;

    private final byte[] ring;
    private final long patienceNanoseconds;
    private final List<Reader> readers = new ArrayList<>();

    /**
     * Bytes since the guest's start: all, and those that were written before there was a buffer.
     */
    private long end;

    private long start;

    private boolean closed;
    private boolean released;

    public ConsoleBuffer() {
        this(CAPACITY, PATIENCE_NANOSECONDS);
    }

    /**
     * @param capacity a power of two
     */
    ConsoleBuffer(int capacity, long patienceNanoseconds) {
        this.ring = new byte[capacity];
        this.patienceNanoseconds = patienceNanoseconds;
    }

    /** One that follows the output. */
    public final class Reader implements AutoCloseable {
        private final boolean patient;
        private long position;

        /** What the reader is done with: all that it had taken when it last asked for more. */
        private long done;

        private long lastReadNanoseconds;
        private boolean lost;

        private Reader(boolean patient, long position) {
            this.patient = patient;
            this.position = position;
            this.done = position;
        }

        /**
         * Takes what there is, or waits for it.
         *
         * @return how many bytes; -1 after the last, or for one that was cut off
         */
        public int read(byte[] target) throws InterruptedException {
            synchronized (ConsoleBuffer.this) {
                lastReadNanoseconds = System.nanoTime();
                done = position;
                ConsoleBuffer.this.notifyAll();
                while (position == end && !closed && !lost) {
                    ConsoleBuffer.this.wait();
                }
                if (lost || position == end) {
                    return -1;
                }
                // A reader that nobody waited for, at the end, goes on with what is left.
                position = Math.max(position, end - ring.length);
                int count = (int) Math.min(target.length, end - position);
                copyOut(position, target, count);
                position += count;
                return count;
            }
        }

        /** How many bytes the guest had written before the next that this reader is given. */
        public long position() {
            synchronized (ConsoleBuffer.this) {
                return Math.max(position, end - ring.length);
            }
        }

        /** Whether it was cut off for taking nothing. */
        public boolean isLost() {
            synchronized (ConsoleBuffer.this) {
                return lost;
            }
        }

        @Override
        public void close() {
            synchronized (ConsoleBuffer.this) {
                lost = true;
                readers.remove(this);
                ConsoleBuffer.this.notifyAll();
            }
        }
    }

    /** A reader from the start of the output, which the guest waits for as long as it takes. */
    public Reader follow() {
        return follow(0);
    }

    /**
     * A reader which the guest waits for as long as it takes.
     *
     * @param from bytes of the output that it is not given, 0 for none
     */
    public synchronized Reader follow(long from) {
        return add(new Reader(true, Math.clamp(from, start, end)));
    }

    /** The guest has written so many bytes already, that are not here; before all else. */
    public synchronized void beginAt(long position) {
        start = position;
        end = position;
    }

    /** Bytes that the guest has written since its start. */
    public synchronized long written() {
        return end;
    }

    /** A reader from now on, and of the last {@link #SCROLLBACK} bytes. */
    public synchronized Reader attach() {
        return attachAt(end - Math.min(SCROLLBACK, ring.length / 2));
    }

    /**
     * A reader from a place in the output.
     *
     * @param position bytes of it that are not wanted; as many more as are not here any more
     */
    public synchronized Reader attachAt(long position) {
        long oldest = Math.max(start, end - ring.length / 2);
        return add(new Reader(false, Math.clamp(position, oldest, end)));
    }

    private Reader add(Reader reader) {
        readers.add(reader);
        return reader;
    }

    /** The guest's output, on the machine's thread; waits for readers that are too far behind. */
    public synchronized void write(byte[] bytes, int offset, int length) {
        int done = 0;
        while (done < length) {
            int room = Math.min(awaitRoom(), length - done);
            copyIn(bytes, offset + done, room);
            end += room;
            done += room;
            notifyAll();
        }
    }

    /** How many bytes can be taken; waits until it is one at least. */
    private int awaitRoom() {
        long waitingSince = System.nanoTime();
        Reader last = last();
        while (last != null && !released && end - last.done == ring.length) {
            long patience = patienceLeft(last, waitingSince);
            try {
                if (patience > 0) {
                    wait(patience);
                } else {
                    last.close();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                released = true;
            }
            last = last();
        }
        return last == null || released ? ring.length : (int) (ring.length - (end - last.done));
    }

    /** In milliseconds; before the guest waited, or a reader took anything, it held up nobody. */
    private long patienceLeft(Reader reader, long waitingSince) {
        if (reader.patient) {
            return Long.MAX_VALUE;
        }
        long now = System.nanoTime();
        long idle = Math.min(now - waitingSince, now - reader.lastReadNanoseconds);
        return idle >= patienceNanoseconds ? 0 : (patienceNanoseconds - idle) / 1_000_000 + 1;
    }

    private @Nullable Reader last() {
        Reader last = null;
        for (Reader reader : readers) {
            if (last == null || reader.done < last.done) {
                last = reader;
            }
        }
        return last;
    }

    /** The guest waits for nobody any more; it is about to end. */
    public synchronized void release() {
        released = true;
        notifyAll();
    }

    /** The guest writes no more; readers get what is left. */
    public synchronized void close() {
        closed = true;
        notifyAll();
    }

    /** Waits until a reader is done with everything, or gone, or is not waited for any more. */
    public synchronized void awaitDone(Reader reader) {
        while (reader.done < end && !reader.lost && !released) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void copyIn(byte[] bytes, int offset, int length) {
        int at = (int) (end % ring.length);
        int first = Math.min(length, ring.length - at);
        System.arraycopy(bytes, offset, ring, at, first);
        System.arraycopy(bytes, offset + first, ring, 0, length - first);
    }

    private void copyOut(long position, byte[] target, int length) {
        int at = (int) (position % ring.length);
        int first = Math.min(length, ring.length - at);
        System.arraycopy(ring, at, target, 0, first);
        System.arraycopy(ring, 0, target, first, length - first);
    }
}
