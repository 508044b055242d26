package dev.vls.trace;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
public final class TraceWriter implements AutoCloseable {
    /** Bytes of events after which a chunk is written, unless the caller chooses. */
    public static final int CHUNK_BYTES = 64 << 10;

    /** Most bytes of one piece of an attachment or section. */
    public static final int PIECE_BYTES_MAX = TraceFormat.BYTES_MAX;

    private static final byte[] NO_BYTES = new byte[0];

    private final TraceFile file;
    private final ChunkAppender chunks;
    private final EventEncoder events;
    private final PieceWriter pieces;
    private final int chunkBytes;

    /** Of another trace; then there are no events here. */
    private final boolean checkpointsOnly;

    /** The last event was a digest, and the chunk is at least half full. */
    private boolean chunkIsDue;

    private long lastCheckpointEvents;
    private boolean ended;
    private boolean sealed;
    private boolean closed;

    TraceWriter(TraceFile file, TraceHeader header, int chunkBytes, boolean compress)
            throws IOException {
        this.file = file;
        this.chunkBytes = chunkBytes;
        checkpointsOnly = header.checkpointsOf() != null;
        chunks = new ChunkAppender(file, compress);
        events = new EventEncoder(header.vcpus(), chunkBytes + chunkBytes / 4);
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

    /** Host time went on. */
    public void clock(int vcpu, long instructionCount, long nanoseconds) {
        check(nanoseconds >= 0, "time goes back");
        prepare(vcpu, instructionCount);
        events.record(TraceFormat.CLOCK, vcpu, instructionCount, 0);
        events.varint(nanoseconds);
    }

    /** Bytes typed at the console, at most 1 MiB. */
    public void consoleIn(int vcpu, long instructionCount, byte[] data, int from, int length) {
        checkBytes(length);
        prepare(vcpu, instructionCount);
        events.record(TraceFormat.CONSOLE_IN, vcpu, instructionCount, length);
        events.bytes(data, from, length);
    }

    /** A frame from the network, at most 1 MiB. */
    public void netRx(
            int vcpu,
            long instructionCount,
            int device,
            TraceEvent.Offload offload,
            byte[] frame,
            int from,
            int length) {
        checkDevice(device);
        checkBytes(length);
        prepare(vcpu, instructionCount);
        events.record(TraceFormat.NET_RX, vcpu, instructionCount, length);
        events.varint(device);
        events.varint(offload.code());
        if (offload.code() == TraceFormat.OFFLOAD_SEGMENTS) {
            events.varint(offload.gsoType());
            events.varint(offload.gsoSize());
        }
        events.bytes(frame, from, length);
    }

    /** A request to a disk is done; what was read is not logged. */
    public void blockDone(int vcpu, long instructionCount, int device, long request, int status) {
        checkDevice(device);
        prepare(vcpu, instructionCount);
        blockDonePlace(vcpu, instructionCount, device, request, status, 0);
        events.varint(0);
    }

    /** A request to a disk is done; {@code data}, at most 1 MiB, is what was read. */
    public void blockDone(
            int vcpu,
            long instructionCount,
            int device,
            long request,
            int status,
            byte[] data,
            int from,
            int length) {
        checkDevice(device);
        checkBytes(length);
        prepare(vcpu, instructionCount);
        blockDonePlace(vcpu, instructionCount, device, request, status, length);
        events.varint(1);
        events.bytes(data, from, length);
    }

    private void blockDonePlace(
            int vcpu, long count, int device, long request, int status, int length) {
        events.record(TraceFormat.BLOCK_DONE, vcpu, count, length);
        events.varint(device);
        events.varint(request);
        events.zigzag(status);
    }

    /** An operator's command; each text is at most 64 KiB of UTF-8. */
    public void control(int vcpu, long instructionCount, String command, String argument) {
        byte[] commandBytes = text(command);
        byte[] argumentBytes = text(argument);
        prepare(vcpu, instructionCount);
        events.record(
                TraceFormat.CONTROL,
                vcpu,
                instructionCount,
                commandBytes.length + argumentBytes.length);
        events.bytes(commandBytes, 0, commandBytes.length);
        events.bytes(argumentBytes, 0, argumentBytes.length);
    }

    /** A network device lost its carrier or has it again. */
    public void link(int vcpu, long instructionCount, int device, boolean carrier) {
        checkDevice(device);
        prepare(vcpu, instructionCount);
        events.record(TraceFormat.LINK, vcpu, instructionCount, 0);
        events.varint(device);
        events.varint(carrier ? 1 : 0);
    }

    /**
     * The run's end; nothing comes after it.
     *
     * @param digest of the final state, or empty
     */
    public void end(int vcpu, long instructionCount, String reason, byte[] digest) {
        byte[] reasonBytes = text(reason);
        checkDigest(digest);
        prepare(vcpu, instructionCount);
        events.record(TraceFormat.END, vcpu, instructionCount, reasonBytes.length + digest.length);
        events.bytes(reasonBytes, 0, reasonBytes.length);
        events.bytes(digest, 0, digest.length);
        ended = true;
    }

    /** What a replay must have here; an empty array for what was not taken. */
    public void digest(
            int vcpu, long instructionCount, byte[] outputs, byte[] vcpus, byte[] memory) {
        checkDigest(outputs);
        checkDigest(vcpus);
        checkDigest(memory);
        int length = outputs.length + vcpus.length + memory.length;
        prepare(vcpu, instructionCount);
        events.record(TraceFormat.DIGEST, vcpu, instructionCount, length);
        events.bytes(outputs, 0, outputs.length);
        events.bytes(vcpus, 0, vcpus.length);
        events.bytes(memory, 0, memory.length);
        chunkIsDue = events.size() >= chunkBytes / 2;
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

    /** Number of the next event. */
    public long nextEvent() {
        return events.nextEvent();
    }

    /** Bytes in the file. */
    public long bytesWritten() {
        return chunks.end();
    }

    /** Writes the events of the chunk that is being filled, if there are any. */
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
        events.next();
        chunkIsDue = false;
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

    private void prepare(int vcpu, long count) {
        checkOpen();
        if (ended) {
            throw new IllegalStateException("the run has ended");
        }
        check(!checkpointsOnly, "a file of checkpoints");
        if (count < events.count(vcpu)) {
            throw new IllegalArgumentException(
                    "vCPU " + vcpu + " goes back to " + count + " from " + events.count(vcpu));
        }
        if (chunkIsDue || events.size() >= chunkBytes) {
            flush();
        }
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

    private static byte[] text(String text) {
        byte[] bytes = text.isEmpty() ? NO_BYTES : text.getBytes(StandardCharsets.UTF_8);
        check(bytes.length <= TraceFormat.TEXT_MAX, "a text is longer than 64 KiB");
        return bytes;
    }

    private static void checkBytes(int length) {
        check(length <= TraceFormat.BYTES_MAX, "more than 1 MiB in one event");
    }

    private static void checkDigest(byte[] digest) {
        check(digest.length <= TraceFormat.DIGEST_MAX, "a digest is longer than 64 bytes");
    }

    private static void checkDevice(int device) {
        check(device >= 0, "a device is negative");
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
