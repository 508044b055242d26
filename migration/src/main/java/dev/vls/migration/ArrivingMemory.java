package dev.vls.migration;

import dev.vls.machine.memory.FrameFlags;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.machine.memory.MissingFrameException;
import dev.vls.machine.memory.MissingFrames;
import dev.vls.replay.wire.Message;
import dev.vls.replay.wire.Packer;
import dev.vls.replay.wire.WireException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.BitSet;
import java.util.function.Consumer;

/**
 * Memory whose pages arrive, the last of them while a machine runs with it already. A frame that is
 * missing is put in once, by the protocol's thread, and nobody else touches it before; the
 * machine's thread waits when it needs one.
 */
public final class ArrivingMemory implements MissingFrames, AutoCloseable {
    /** What is likely to be needed next is asked for as well; a request may have some more. */
    private static final int AHEAD = 8;

    /** The frames of a large page of the host. */
    private static final int REGION_FRAMES = 512;

    private static final int NEIGHBOURS_MIN = 16;

    private final MachineMemory memory;
    private final Consumer<long[]> requests;
    private final Packer packer = new Packer(true);

    /** Frames that are missing, and those of them that were asked for; both guarded by this. */
    private final BitSet missing = new BitSet();

    private final BitSet asked = new BitSet();

    /** Regions of {@link #REGION_FRAMES} whose frames come; guarded by this. */
    private final BitSet expected = new BitSet();

    private boolean behindInstant;
    private boolean closed;
    private long waitNanos;
    private long waits;

    /**
     * @param memory all zero
     * @param requests takes frames that the machine waits for; on the machine's thread
     */
    public ArrivingMemory(MachineMemory memory, Consumer<long[]> requests) {
        this.memory = memory;
        this.requests = requests;
        memory.setMissingFrames(this);
    }

    // --- the protocol's thread ---

    /**
     * Frames will be missing when the machine begins to run.
     *
     * @throws WireException if the machine has them not
     */
    public synchronized void expect(Message.Missing message) {
        behindInstant = true;
        BitSet bits = BitSet.valueOf(message.bits());
        if (message.firstFrame() > memory.frames()
                || message.firstFrame() + bits.length() > memory.frames()) {
            throw new WireException("frames are missing that the machine has not");
        }
        for (int bit = bits.nextSetBit(0); bit >= 0; bit = bits.nextSetBit(bit + 1)) {
            int mfn = (int) message.firstFrame() + bit;
            missing.set(mfn);
            memory.addFlags(mfn, FrameFlags.MISSING);
        }
    }

    /**
     * Pages have arrived.
     *
     * @throws WireException if they are none, of frames that the machine has not, or of frames that
     *     are there already and that a machine may have changed
     */
    public void fill(Message.Pages message) {
        ByteBuffer records = packer.unpack(message.content()).order(ByteOrder.LITTLE_ENDIAN);
        MemorySegment raw = MemorySegment.ofBuffer(records);
        synchronized (this) {
            expectNeighbours(records, message.pages());
            for (int i = 0; i < message.pages() && !closed; i++) {
                put(records, raw);
            }
            if (records.hasRemaining() && !closed) {
                throw new WireException("more pages than it says");
            }
            if (behindInstant) {
                notifyAll();
            }
        }
    }

    /**
     * Where pages come one beside the other, and have content, the host's large pages are of use.
     */
    private void expectNeighbours(ByteBuffer records, int pages) {
        if (closed || pages < NEIGHBOURS_MIN || records.remaining() != pages * PageBatch.RECORD) {
            return;
        }
        long first = records.getLong(0);
        long last = records.getLong((pages - 1) * PageBatch.RECORD);
        if (first < 0 || last < first || last - first >= 2L * pages || last >= memory.frames()) {
            return;
        }
        for (int region = (int) first / REGION_FRAMES;
                region <= (int) last / REGION_FRAMES;
                region++) {
            if (!expected.get(region)) {
                expected.set(region);
                long from = (long) region * REGION_FRAMES;
                memory.expectAll(from, Math.min(REGION_FRAMES, memory.frames() - from));
            }
        }
    }

    private void put(ByteBuffer records, MemorySegment raw) {
        if (records.remaining() < Long.BYTES) {
            throw new WireException("fewer pages than it says");
        }
        long number = records.getLong();
        long mfn = number & ~PageBatch.ZERO;
        if (mfn >= memory.frames()) {
            throw new WireException("a page at frame %d, which the machine has not".formatted(mfn));
        }
        if (behindInstant && !missing.get((int) mfn)) {
            throw new WireException("a page at frame %d, which is there already".formatted(mfn));
        }
        if (number < 0) {
            memory.supplyZeroes(mfn);
        } else if (records.remaining() < MachineMemory.PAGE_SIZE) {
            throw new WireException("a page ends within itself");
        } else {
            memory.supply(mfn, raw, records.position());
            records.position(records.position() + MachineMemory.PAGE_SIZE);
        }
        missing.clear((int) mfn);
    }

    /** Whether nothing is missing any more. */
    public synchronized boolean isComplete() {
        return missing.isEmpty();
    }

    /** Pages that are still to come. */
    public synchronized int missing() {
        return missing.cardinality();
    }

    /** How often, and for how long, the machine has waited for pages. */
    public synchronized String waits() {
        return "the replay has waited %d times for pages, %.1f ms in all"
                .formatted(waits, waitNanos / 1e6);
    }

    /** Nothing is put in any more, and a machine that waits is told so; the memory stays. */
    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }

    // --- the machine's thread ---

    @Override
    public void await(long mfn) {
        long[] wanted = claim((int) mfn);
        if (wanted.length > 0) {
            requests.accept(wanted);
        }
        waitFor((int) mfn);
    }

    /** What to ask for, so that a frame and those behind it come; nothing if they do anyway. */
    private synchronized long[] claim(int mfn) {
        if (closed || !missing.get(mfn) || asked.get(mfn)) {
            return new long[0];
        }
        long[] wanted = new long[AHEAD];
        int count = 0;
        for (int next = mfn; next >= 0 && next < mfn + AHEAD; next = missing.nextSetBit(next + 1)) {
            if (!asked.get(next)) {
                asked.set(next);
                wanted[count++] = next;
            }
        }
        return Arrays.copyOf(wanted, count);
    }

    private synchronized void waitFor(int mfn) {
        if (!missing.get(mfn)) {
            return;
        }
        long start = System.nanoTime();
        boolean interrupted = false;
        while (missing.get(mfn) && !closed) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (missing.get(mfn)) {
            throw new MissingFrameException(mfn);
        }
        waits++;
        waitNanos += System.nanoTime() - start;
    }
}
