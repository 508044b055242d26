package dev.vls.trace;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Writes a trace. For one thread.
 *
 * <p>Events are encoded into memory, without an allocation for each, and go to the file a chunk at
 * a time; docs/spec/trace-format.md says when, and what is lost in which accident. Every method
 * that may write throws {@link TraceIoException} if that fails: it then had no effect, everything
 * accepted before is kept, and the call may be made again when there is room. Arguments that the
 * format does not allow, and counts that go back, are {@link IllegalArgumentException}; events
 * after {@link #end} are {@link IllegalStateException}.
 */
public final class TraceWriter extends EventWriter implements AutoCloseable {
    /** Bytes of events after which a chunk is written, unless the caller chooses. */
    public static final int CHUNK_BYTES = 64 << 10;

    /** Most bytes of one piece of an attachment or section. */
    public static final int PIECE_BYTES_MAX = TraceFormat.BYTES_MAX;

    private final TraceFile file;
    private final ChunkAppender chunks;
    private final PieceWriter pieces;

    /** Of another trace; then there are no events here. */
    private final boolean checkpointsOnly;

    private long lastCheckpointEvents;
    private boolean sealed;
    private boolean closed;

    TraceWriter(TraceFile file, TraceHeader header, int chunkBytes, boolean compress)
            throws IOException {
        super(header.vcpus(), chunkBytes);
        this.file = file;
        checkpointsOnly = header.checkpointsOf() != null;
        chunks = new ChunkAppender(file, compress);
        pieces = new PieceWriter(chunks);
        byte[] json = HeaderJson.encode(header);
        check(json.length <= ChunkType.HEADER.bytesMax, "the header is longer than 1 MiB");
        file.truncate(0);
        chunks.writePreamble();
        chunks.append(ChunkType.HEADER, json, 0, json.length, 0);
    }

    /**
     * Begins a trace. A file of that name is replaced.
     *
     * @throws TraceIoException if it cannot be written, or somebody writes it
     */
    public static TraceWriter create(Path path, TraceHeader header) {
        return create(path, header, CHUNK_BYTES);
    }

    /**
     * Begins a trace. A file of that name is replaced.
     *
     * @param chunkBytes of events after which a chunk is written, 1 to 1 MiB
     * @throws TraceIoException if it cannot be written, or somebody writes it
     */
    public static TraceWriter create(Path path, TraceHeader header, int chunkBytes) {
        check(chunkBytes >= 1 && chunkBytes <= 1 << 20, "chunkBytes is not 1 to 1 MiB");
        HostTraceFile file = HostTraceFile.open(path);
        HostTraceFile toClose = file;
        try {
            TraceWriter writer = new TraceWriter(file, header, chunkBytes, true);
            toClose = null;
            return writer;
        } catch (IOException e) {
            throw new TraceIoException("the trace cannot be begun", e);
        } finally {
            HostTraceFile.closeAfterFailure(toClose);
        }
    }

    /**
     * Packs a piece of a file. Pieces of one attachment come in the order of their offsets.
     *
     * @param size of the whole file
     */
    public void attachment(String name, long size, long offset, byte[] data, int from, int length) {
        checkOpen();
        check(!checkpointsOnly, "a file of checkpoints");
        write(() -> pieces.attachment(name, size, offset, data, from, length));
    }

    /** Writes a piece of a checkpoint's section, behind those before. */
    public void section(long checkpoint, String name, byte[] data, int from, int length) {
        checkOpen();
        write(() -> pieces.section(checkpoint, name, data, from, length));
    }

    /**
     * The sections written since the checkpoint before are a checkpoint of the state at this
     * moment: after all events so far.
     *
     * @param counts of each vCPU
     */
    public void checkpoint(long checkpoint, long[] counts) {
        checkpoint(checkpoint, events.nextEvent(), counts);
    }

    /**
     * The sections written since the checkpoint before are a checkpoint of an earlier moment, which
     * it took a while to write, or of a trace that was replayed.
     *
     * @param eventsBefore events that come before it, at most those so far (unless they are in
     *     another trace), and not fewer than before the checkpoint before
     * @param counts of each vCPU
     */
    public void checkpoint(long checkpoint, long eventsBefore, long[] counts) {
        checkOpen();
        check(counts.length == events.vcpus(), "one count for each vCPU");
        check(
                eventsBefore >= lastCheckpointEvents
                        && (checkpointsOnly || eventsBefore <= events.nextEvent()),
                "a checkpoint before events that are not there, or before the one before");
        flush();
        write(() -> pieces.checkpoint(checkpoint, eventsBefore, counts));
        lastCheckpointEvents = eventsBefore;
    }

    /** Bytes in the file. */
    public long bytesWritten() {
        return chunks.end();
    }

    /** Writes the events of the chunk that is being filled, if there are any. */
    @Override
    public void flush() {
        checkOpen();
        if (events.events() == 0) {
            return;
        }
        events.finish();
        try {
            chunks.append(
                    ChunkType.EVENTS,
                    events.buffer(),
                    events.start(),
                    events.length(),
                    events.events());
        } catch (IOException e) {
            throw failure(e);
        }
        next();
    }

    /** {@link #flush}, and waits until all of it would survive a power failure. */
    public void sync() {
        flush();
        write(file::sync);
    }

    /** Writes what is left, then index and trailer. */
    public void seal() {
        if (sealed) {
            return;
        }
        flush();
        write(() -> chunks.seal(TraceFormat.SEALED_BY_RECORDER));
        sealed = true;
    }

    /**
     * Lets go of the file. A trace that is not sealed gets the events in memory, and stays
     * incomplete.
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        try {
            if (!sealed) {
                flush();
            }
        } finally {
            closed = true;
            write(file::close);
        }
    }

    @Override
    void checkEvents() {
        checkOpen();
        check(!checkpointsOnly, "a file of checkpoints");
    }

    private interface FileAction {
        void run() throws IOException;
    }

    private static void write(FileAction action) {
        try {
            action.run();
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private static TraceIoException failure(IOException e) {
        return new TraceIoException("the trace cannot be written", e);
    }

    private void checkOpen() {
        if (sealed || closed) {
            throw new IllegalStateException("the trace is finished");
        }
    }
}
