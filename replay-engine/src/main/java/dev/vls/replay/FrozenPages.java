package dev.vls.replay;

import dev.vls.machine.Machine;
import dev.vls.machine.memory.FirstWrites;
import dev.vls.machine.memory.FrameFlags;
import dev.vls.machine.memory.MachineMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The content of frames as it was at one moment, while the machine goes on. All frames are
 * protected at that moment; who writes to one first copies it, and another thread reads them all,
 * copied or not. So the machine pays for the frames that it writes, once each, and for nothing
 * else; what was written since the moment before is known as well.
 *
 * <p>{@link #freeze} and {@link #beforeFirstWrite} are the machine's thread's, {@link #read}
 * another's. At most {@link #KEPT_MAX} copies wait to be read; then the machine waits.
 */
public final class FrozenPages implements FirstWrites {
    /** 64 MiB. */
    static final int KEPT_MAX = 16 << 10;

    /** Takes a page; the array is only lent. */
    @FunctionalInterface
    public interface Sink {
        /** One page of {@link MachineMemory#PAGE_SIZE} bytes. */
        void page(long mfn, byte[] content);

        /** Whether a page is wanted now; if not it is frozen again the next time. */
        default boolean wants(int mfn) {
            return true;
        }

        /** All pages that somebody {@linkplain #request wants} were given, for the time being. */
        default void requestsServed() {}
    }

    /** What somebody who asks for more is given is what comes anyway. */
    private static final int REQUESTED_MAX = 1024;

    private static final byte SETTLED = 0;
    private static final byte WANTED = 1;
    private static final byte BEING_READ = 2;
    private static final byte KEPT = 3;
    private static final VarHandle STATE = MethodHandles.arrayElementVarHandle(byte[].class);
    private static final long LOOK_MILLIS = 50;

    private final MachineMemory memory;
    private final byte[] state;
    private final byte[][] kept;
    private final Queue<Integer> requested = new ArrayBlockingQueue<>(REQUESTED_MAX);
    private final ConcurrentLinkedQueue<Integer> copied = new ConcurrentLinkedQueue<>();
    private final Semaphore room = new Semaphore(KEPT_MAX);
    private volatile boolean abandoned;

    /** Frames that were written since they were frozen, each once; the machine's thread's. */
    private final int[] written;

    private int writtenCount;
    private int lastWritten;
    private boolean frozen;

    /** Frames that were not wanted when they were read; the reader's, and while nobody reads. */
    private final int[] postponed;

    private int postponedCount;

    /** Nothing is frozen yet; the first freeze watches a machine's memory, in place of who did. */
    public FrozenPages(MachineMemory memory) {
        this.memory = memory;
        int frames = Math.toIntExact(memory.frames());
        state = new byte[frames];
        kept = new byte[frames][];
        written = new int[frames];
        postponed = new int[frames];
    }

    /** Frames of the machine. */
    public long frames() {
        return state.length;
    }

    /**
     * Nobody is told of writes any more; on the machine's thread. Flags are left to the first write
     * to each frame, so that the machine does not stand still for them.
     */
    public void close() {
        abandon();
        memory.removeFirstWrites(this);
    }

    /**
     * Freezes every frame that was written since the last time, at first all of them. What was
     * frozen before has been {@linkplain #read read}.
     *
     * @param machine which does not run
     * @return how many frames
     */
    public int freeze(Machine machine) {
        int changed = frozen ? freezeWritten() : freezeAll();
        machine.writeProtectAll();
        return changed;
    }

    private int freezeAll() {
        frozen = true;
        Arrays.fill(state, WANTED);
        memory.addFlagsToAll(FrameFlags.COPY_BEFORE_WRITE);
        memory.setFirstWrites(this);
        return state.length;
    }

    private int freezeWritten() {
        int count = writtenCount;
        for (int i = 0; i < postponedCount; i++) {
            int mfn = postponed[i];
            // One that was written since is in the other list as well.
            if ((memory.flags(mfn) & FrameFlags.COPY_BEFORE_WRITE) != 0) {
                STATE.setRelease(state, mfn, WANTED);
                count++;
            }
        }
        for (int i = 0; i < writtenCount; i++) {
            int mfn = written[i];
            memory.addFlags(mfn, FrameFlags.COPY_BEFORE_WRITE);
            STATE.setRelease(state, mfn, WANTED);
        }
        lastWritten = writtenCount;
        writtenCount = 0;
        postponedCount = 0;
        return count;
    }

    /** Frames that were written between the last two freezes. */
    public int lastWritten() {
        return lastWritten;
    }

    @Override
    public void beforeFirstWrite(long frame) {
        int mfn = (int) frame;
        written[writtenCount++] = mfn;
        if ((byte) STATE.getAcquire(state, mfn) == WANTED && takeRoom()) {
            kept[mfn] = copyOf(mfn);
            if (STATE.compareAndSet(state, mfn, WANTED, KEPT)) {
                copied.add(mfn);
                return;
            }
            kept[mfn] = null;
            room.release();
        }
        while ((byte) STATE.getAcquire(state, mfn) == BEING_READ) {
            Thread.onSpinWait();
        }
    }

    /** Waits for room to keep one more page; false if nobody wants them any more. */
    private boolean takeRoom() {
        try {
            while (!abandoned) {
                if (room.tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                    return true;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            abandoned = true;
        }
        return false;
    }

    private byte[] copyOf(int mfn) {
        byte[] page = new byte[MachineMemory.PAGE_SIZE];
        copy(mfn, page);
        return page;
    }

    private void copy(int mfn, byte[] page) {
        long host =
                memory.hostAddress((long) mfn << MachineMemory.PAGE_SHIFT, MachineMemory.PAGE_SIZE);
        MemorySegment.copy(MachineMemory.HOST, ValueLayout.JAVA_BYTE, host, page, 0, page.length);
    }

    /** A frame that is to be read before others, if not too many are; from any thread. */
    public void request(long mfn) {
        var _ = requested.offer(Math.toIntExact(mfn));
    }

    /** Bits of the frames that are still to be read, from a frame on; by who reads. */
    public byte[] unread(int firstFrame, int frames) {
        byte[] bits = new byte[(frames + 7) / 8];
        for (int i = 0; i < frames; i++) {
            if ((byte) STATE.getAcquire(state, firstFrame + i) != SETTLED) {
                bits[i >> 3] |= (byte) (1 << (i & 7));
            }
        }
        return bits;
    }

    /**
     * Hands over all frozen frames, each once: those that are requested first, then those that the
     * machine has written.
     */
    public void read(Sink sink) {
        byte[] page = new byte[MachineMemory.PAGE_SIZE];
        for (int mfn = 0; mfn < state.length && !abandoned; mfn++) {
            readFirst(page, sink);
            readOne(mfn, page, sink);
        }
        requested.clear();
        copied.clear();
    }

    private void readFirst(byte[] page, Sink sink) {
        if (requested.isEmpty() && copied.isEmpty()) {
            return;
        }
        while (!abandoned) {
            Integer wanted = requested.poll();
            if (wanted != null) {
                readOne(wanted, page, sink);
                if (requested.isEmpty()) {
                    sink.requestsServed();
                }
                continue;
            }
            Integer kept = copied.poll();
            if (kept == null) {
                return;
            }
            readKept(kept, sink);
        }
    }

    private void readOne(int mfn, byte[] page, Sink sink) {
        if (STATE.compareAndSet(state, mfn, WANTED, BEING_READ)) {
            boolean wanted = sink.wants(mfn);
            if (wanted) {
                copy(mfn, page);
            } else {
                postponed[postponedCount++] = mfn;
            }
            STATE.setRelease(state, mfn, SETTLED);
            if (wanted) {
                sink.page(mfn, page);
            }
        } else {
            readKept(mfn, sink);
        }
    }

    private void readKept(int mfn, Sink sink) {
        if (STATE.compareAndSet(state, mfn, KEPT, BEING_READ)) {
            byte[] page = kept[mfn];
            kept[mfn] = null;
            STATE.setRelease(state, mfn, SETTLED);
            room.release();
            if (sink.wants(mfn)) {
                sink.page(mfn, page);
            }
        }
    }

    /** Nobody will read any more; nobody waits. */
    public void abandon() {
        abandoned = true;
    }
}
