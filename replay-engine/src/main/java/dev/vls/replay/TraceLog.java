package dev.vls.replay;

import dev.vls.trace.TraceIoException;
import dev.vls.trace.TraceWriter;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes what comes out of the ring to a trace. While the file cannot be written, because the disk
 * is full for example, it tries the same again: nothing is lost, and the machine waits.
 */
final class TraceLog implements EventConsumer, CheckpointWriter.Output {
    /** What is in memory goes to the file at least this often. */
    private static final long FLUSH_NANOSECONDS = 1_000_000_000;

    private static final long RETRY_NANOSECONDS = 200_000_000;

    /** Pieces of a checkpoint that wait to be written, of 1 MiB at most. */
    private static final int PIECES_MAX = 8;

    /** Something that others want written. */
    private record Piece(long eventsBefore, Consumer<TraceWriter> write) {}

    private final String name;
    private final TraceWriter writer;
    private final Consumer<String> report;
    private final ConcurrentLinkedQueue<Piece> pieces = new ConcurrentLinkedQueue<>();
    private final Semaphore room = new Semaphore(PIECES_MAX);
    private long lastFlush = System.nanoTime();
    private boolean written;
    private volatile boolean stalled;
    private volatile boolean abandoned;
    private volatile @Nullable TraceIoException givenUp;
    private volatile long bytesWritten;

    /**
     * @param report told in one line what an operator should know; by the consumer's thread
     */
    TraceLog(String name, TraceWriter writer, Consumer<String> report) {
        this.name = name;
        this.writer = writer;
        this.report = report;
    }

    /** Whether the file cannot be written at present. */
    boolean isStalled() {
        return stalled;
    }

    /** Nobody waits any more for a file that cannot be written. */
    void abandon() {
        abandoned = true;
    }

    /** Bytes in the file. */
    long bytesWritten() {
        return bytesWritten;
    }

    /** Events come first; waits while too much waits already. */
    @Override
    public void write(long eventsBefore, Consumer<TraceWriter> write) {
        try {
            while (!room.tryAcquire(RETRY_NANOSECONDS, TimeUnit.NANOSECONDS)) {
                TraceIoException given = givenUp;
                if (given != null) {
                    throw given;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
        pieces.add(new Piece(eventsBefore, write));
    }

    /** Whether all is written that others wanted. */
    boolean hasWrittenPieces() {
        return room.availablePermits() == PIECES_MAX;
    }

    private void writePieces() {
        for (Piece next = pieces.peek();
                next != null && next.eventsBefore <= writer.nextEvent();
                next = pieces.peek()) {
            Piece piece = next;
            insist(() -> piece.write.accept(writer));
            pieces.remove();
            room.release();
        }
    }

    @Override
    public void take(RecordedEvent event) {
        writePieces();
        insist(() -> EventRecords.write(writer, event));
        written = true;
        flushIfDue();
    }

    @Override
    public void idle() {
        writePieces();
        if (written) {
            flushIfDue();
        }
    }

    private void flushIfDue() {
        long now = System.nanoTime();
        if (now - lastFlush >= FLUSH_NANOSECONDS) {
            insist(writer::flush);
            lastFlush = now;
            written = false;
            bytesWritten = writer.bytesWritten();
        }
    }

    /** Behind the last event: makes the trace durable and complete. */
    void seal() {
        insist(writer::seal);
        bytesWritten = writer.bytesWritten();
    }

    private void insist(Runnable action) {
        while (true) {
            try {
                action.run();
                if (stalled) {
                    stalled = false;
                    report.accept("trace " + name + ": can be written again, the guest goes on");
                }
                return;
            } catch (TraceIoException e) {
                if (abandoned) {
                    givenUp = e;
                    throw e;
                }
                if (!stalled) {
                    stalled = true;
                    report.accept(
                            "trace %s: %s: the guest waits until that is mended"
                                    .formatted(name, e.getMessage()));
                }
                LockSupport.parkNanos(this, RETRY_NANOSECONDS);
            }
        }
    }
}
