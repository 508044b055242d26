package dev.vls.replay;

import dev.vls.machine.Machine;
import dev.vls.machine.host.Threads;
import dev.vls.trace.TraceException;
import dev.vls.trace.TraceWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes checkpoints of a machine and has them written to its trace by a thread of its own. One is
 * written at a time: the next can be taken when that is done.
 */
final class CheckpointWriter implements Checkpoints {
    /** In the number of a frame: it is all zero, and no content follows. */
    static final long ZERO = Long.MIN_VALUE;

    private static final int PIECE_BYTES = 1 << 20;

    /** Where checkpoints go. */
    @FunctionalInterface
    interface Output {
        /**
         * Has something written to a trace, now or later; from any thread.
         *
         * @param eventsBefore how many events are to be written before, if they are written there
         * @throws dev.vls.trace.TraceIoException if nothing more can be written
         */
        void write(long eventsBefore, Consumer<TraceWriter> write);
    }

    private static final byte[] ZEROES = new byte[4096];

    private final Output log;
    private @Nullable FrozenPages pages;
    private long number;
    private volatile boolean busy;
    private @Nullable Thread thread;
    private volatile @Nullable RuntimeException failure;
    private CheckpointTotals totals = CheckpointTotals.NONE;

    CheckpointWriter(Output log) {
        this.log = log;
    }

    /** Whether the last one is still being written; a failure is thrown here. */
    @Override
    public boolean isBusy() {
        RuntimeException failed = failure;
        if (failed != null) {
            throw new IllegalStateException("a checkpoint could not be written", failed);
        }
        return busy;
    }

    @Override
    public void take(Machine machine, long eventsBefore, byte[] outputs) {
        long start = System.nanoTime();
        FrozenPages frozen = pages;
        if (frozen == null) {
            frozen = new FrozenPages(machine.domain().memory());
            pages = frozen;
        }
        byte[] state = machine.save();
        long[] counts = new long[machine.domain().vcpuCount()];
        Arrays.setAll(counts, id -> machine.domain().vcpu(id).cpu.instructionCount);
        int changed = frozen.freeze(machine);
        busy = true;
        Job job = new Job(number++, eventsBefore, counts, state, outputs, frozen);
        thread = Thread.ofPlatform().daemon().name("vls-checkpoint").start(() -> run(job));
        long pause = System.nanoTime() - start;
        totals =
                new CheckpointTotals(
                        totals.count() + 1,
                        totals.pages() + changed,
                        totals.pauseNanoseconds() + pause,
                        Math.max(totals.pauseNanosecondsMax(), pause));
    }

    CheckpointTotals totals() {
        return totals;
    }

    private final class Job {
        private final long number;
        private final long eventsBefore;
        private final long[] counts;
        private final byte[] state;
        private final byte[] outputs;
        private final FrozenPages frozen;
        private byte[] bytes = new byte[PIECE_BYTES];
        private ByteBuffer piece = littleEndian(bytes);

        Job(
                long number,
                long eventsBefore,
                long[] counts,
                byte[] state,
                byte[] outputs,
                FrozenPages frozen) {
            this.number = number;
            this.eventsBefore = eventsBefore;
            this.counts = counts;
            this.state = state;
            this.outputs = outputs;
            this.frozen = frozen;
        }

        private static ByteBuffer littleEndian(byte[] bytes) {
            return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        }

        void write() {
            for (int at = 0; at < state.length; at += PIECE_BYTES) {
                section(
                        StoredCheckpoint.MACHINE,
                        state,
                        at,
                        Math.min(PIECE_BYTES, state.length - at));
            }
            if (outputs.length > 0) {
                section(StoredCheckpoint.OUTPUTS, outputs, 0, outputs.length);
            }
            // The first one starts from zeroes.
            frozen.read((mfn, content) -> add(mfn, content, number == 0));
            flush();
            log.write(eventsBefore, w -> w.checkpoint(number, eventsBefore, counts));
        }

        private void add(long mfn, byte[] content, boolean fromZeroes) {
            boolean zero = Arrays.equals(content, ZEROES);
            if (zero && fromZeroes) {
                return;
            }
            if (piece.remaining() < Long.BYTES + content.length) {
                flush();
            }
            piece.putLong(zero ? mfn | ZERO : mfn);
            if (!zero) {
                piece.put(content);
            }
        }

        private void flush() {
            if (piece.position() > 0) {
                section(StoredCheckpoint.PAGES, bytes, 0, piece.position());
                bytes = new byte[PIECE_BYTES];
                piece = littleEndian(bytes);
            }
        }

        private void section(String name, byte[] content, int from, int length) {
            log.write(0, w -> w.section(number, name, content, from, length));
        }
    }

    private void run(Job job) {
        try {
            job.write();
        } catch (TraceException given) {
            // Said by who writes the trace.
            job.frozen.abandon();
        } catch (RuntimeException e) {
            failure = e;
            job.frozen.abandon();
        } finally {
            busy = false;
        }
    }

    /** Waits until the last one is handed over. */
    void awaitWritten() {
        Thread writing = thread;
        if (writing != null) {
            Threads.join(writing);
        }
    }

    /** What is not written yet is given up. */
    void abandon() {
        FrozenPages frozen = pages;
        if (frozen != null) {
            frozen.abandon();
        }
    }

    /** Lets go of the machine's memory; on the machine's thread. */
    void close() {
        FrozenPages frozen = pages;
        if (frozen != null) {
            frozen.close();
        }
    }
}
