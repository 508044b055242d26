package dev.vls.replay;

import dev.vls.machine.Machine;
import dev.vls.trace.TraceIoException;
import dev.vls.trace.TraceReader;
import dev.vls.trace.TraceWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The checkpoints that a replay makes. They are in a file of their own beside the trace, which
 * nobody changes once it is sealed. For the machine's thread.
 */
public final class ReplayCheckpoints implements AutoCloseable {
    private static final String SUFFIX = ".checkpoints";

    private final Path file;
    private final long steps;
    private final TraceWriter writer;
    private final CheckpointWriter checkpoints = new CheckpointWriter(this::write);
    private volatile @Nullable TraceIoException failure;
    private boolean finished;
    private boolean closed;

    private ReplayCheckpoints(Path file, TraceWriter writer, long steps) {
        this.file = file;
        this.writer = writer;
        this.steps = steps;
    }

    /** Where the checkpoints of a trace are that replays of it have made. */
    public static Path fileOf(Path trace) {
        return trace.resolveSibling(trace.getFileName() + SUFFIX);
    }

    /**
     * Begins the file beside a trace; one of that name is replaced.
     *
     * @param path the trace's
     * @param steps of all vCPUs together from one checkpoint to the next, above 0
     * @throws TraceIoException if it cannot be written, or somebody writes it
     */
    public static ReplayCheckpoints begin(Path path, TraceReader trace, long steps) {
        Path file = fileOf(path);
        try {
            // Not written over: the replay may begin at a checkpoint in it.
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException("checkpoints " + file, e);
        }
        return new ReplayCheckpoints(
                file,
                TraceWriter.create(file, trace.header().ofCheckpoints(trace.fingerprint())),
                steps);
    }

    private void write(long eventsBefore, Consumer<TraceWriter> piece) {
        try {
            piece.accept(writer);
        } catch (TraceIoException e) {
            failure = e;
            throw e;
        }
    }

    long steps() {
        return steps;
    }

    /** Whether one can be taken: the last one is written. */
    boolean isReady() {
        return failure == null && !checkpoints.isBusy();
    }

    void take(Machine stopped, long eventsBefore, byte[] outputs) {
        checkpoints.take(stopped, eventsBefore, outputs);
    }

    /** What they have cost so far. */
    public CheckpointTotals totals() {
        return checkpoints.totals();
    }

    /**
     * The replay has ended well: makes the file complete.
     *
     * @throws TraceIoException if not all of it could be written
     */
    public void finish() {
        checkpoints.awaitWritten();
        TraceIoException failed = failure;
        if (failed != null) {
            throw failed;
        }
        writer.seal();
        finished = true;
    }

    /**
     * Lets go of the file, and of the machine's memory, so it has to come before the machine's; one
     * that is not finished is deleted.
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        checkpoints.abandon();
        checkpoints.awaitWritten();
        checkpoints.close();
        try {
            writer.close();
            if (!finished) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("checkpoints " + file, e);
        }
    }
}
