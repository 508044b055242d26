package dev.vls.trace;

import dev.vls.trace.TraceFormatException.Problem;
import dev.vls.trace.TraceSource.Chunk;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads a trace. Every byte of it may be hostile: what breaks a rule of docs/spec/trace-format.md
 * is a {@link TraceFormatException}, from {@link #open} or from the method that comes upon it;
 * memory stays within a few times the largest chunk that the format allows. For one thread.
 */
public final class TraceReader implements AutoCloseable {
    private final TraceSource source;
    private final TraceHeader header;
    private ChunkIndex index = new ChunkIndex();
    private int sealedBy = -1;
    private @Nullable TraceFormatException incomplete;
    private @Nullable TraceCatalogue catalogue;

    private TraceReader(TraceSource source, boolean trustIndex) {
        this.source = source;
        source.checkPreamble();
        Chunk chunk = source.chunk(TraceFormat.PREAMBLE_BYTES, 0);
        if (chunk.type() != ChunkType.HEADER) {
            throw new TraceFormatException(
                    Problem.MALFORMED, chunk.offset(), "the first chunk is no header");
        }
        header = HeaderJson.decode(source.content(chunk), chunk.offset());
        try {
            readIndex();
        } catch (TraceFormatException e) {
            incomplete = e;
        }
        if (incomplete != null || !trustIndex) {
            scan();
        }
    }

    private void scan() {
        TraceScan scan = TraceScan.run(source, header);
        if (incomplete == null && scan.index.isSame(index)) {
            return;
        }
        index = scan.index;
        sealedBy = -1;
        incomplete = scan.stop;
    }

    /**
     * Opens a trace. One that is {@linkplain #incomplete incomplete} is scanned, and then has what
     * is whole of it.
     *
     * @throws TraceFormatException if it is no trace, or its header cannot be used
     * @throws TraceIoException if the file cannot be read
     */
    public static TraceReader open(Path path) {
        return open(path, true);
    }

    /**
     * Opens a trace and reads all of it: one whose index is right but whose chunks are not is
     * incomplete, too.
     */
    static TraceReader openAndScan(Path path) {
        return open(path, false);
    }

    private static TraceReader open(Path path, boolean trustIndex) {
        TraceSource source = TraceSource.open(path);
        boolean opened = false;
        try {
            TraceReader reader = new TraceReader(source, trustIndex);
            opened = true;
            return reader;
        } finally {
            if (!opened) {
                source.close();
            }
        }
    }

    private void readIndex() {
        TraceSource.Trailer trailer = source.trailer();
        Chunk chunk = source.chunk(trailer.indexOffset(), trailer.chunks() - 1);
        if (chunk.type() != ChunkType.INDEX
                || chunk.end() != source.size() - TraceFormat.TRAILER_BYTES) {
            throw new TraceFormatException(
                    Problem.MALFORMED, chunk.offset(), "there is no index where there must be one");
        }
        ContentReader content = new ContentReader(source.content(chunk), chunk.offset());
        int by = content.u8();
        if (by > TraceFormat.SEALED_BY_REPAIR) {
            throw content.problem(Problem.UNKNOWN, "sealed by nobody that is known");
        }
        index = ChunkIndex.read(content, trailer);
        sealedBy = by;
    }

    public TraceHeader header() {
        return header;
    }

    /** Why the trace is not sealed, and up to where it is whole; null if it is sealed. */
    public @Nullable TraceFormatException incomplete() {
        return incomplete;
    }

    /** Whether it was repair that sealed the trace: its end may be missing. */
    public boolean repaired() {
        return sealedBy == TraceFormat.SEALED_BY_REPAIR;
    }

    /** Bytes in the file. */
    public long size() {
        return source.size();
    }

    /** Bytes up to the end of the last whole chunk, the index not counted. */
    public long wholeBytes() {
        return index.end();
    }

    /** Number of whole chunks, the index not counted. */
    public int chunks() {
        return index.size();
    }

    /** Number and bytes of the chunks of a type. */
    public record ChunkTotal(int chunks, long bytes) {}

    /** What the file's bytes are spent on, the index not counted. */
    public Map<ChunkType, ChunkTotal> chunkTotals() {
        Map<ChunkType, ChunkTotal> totals = new TreeMap<>();
        for (int i = 0; i < index.size(); i++) {
            long bytes = (long) TraceFormat.CHUNK_HEADER_BYTES + index.storedLength(i);
            totals.merge(
                    index.type(i),
                    new ChunkTotal(1, bytes),
                    (a, b) -> new ChunkTotal(a.chunks + b.chunks, a.bytes + b.bytes));
        }
        return totals;
    }

    /**
     * What tells this trace from others: SHA-256, in hexadecimal, of the headers of its chunks,
     * which hold their checksums; the index is not counted.
     */
    public String fingerprint() {
        MessageDigest digest = sha256();
        for (int i = 0; i < index.size(); i++) {
            digest.update(source.header(index.offset(i)));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    /** Number of events. */
    public long eventCount() {
        return index.events();
    }

    /** All events. */
    public EventCursor events() {
        return new EventCursor(this, 0, EventChain.fromStart(header.vcpus()));
    }

    /**
     * The events from one on.
     *
     * @param event its number, from 0; one behind the last gives none
     */
    public EventCursor eventsFrom(long event) {
        if (event < 0) {
            throw new IllegalArgumentException("events are numbered from 0: " + event);
        }
        int chunk = index.chunkOfEvent(event);
        EventCursor cursor =
                new EventCursor(this, chunk, EventChain.fromAnywhere(index.firstEvent(chunk)));
        while (cursor.nextEvent() < event && cursor.next() != null) {
            // Passed over.
        }
        return cursor;
    }

    /** The events from the first one on that is for this vCPU at this count or a later one. */
    public EventCursor eventsFrom(int vcpu, long instructionCount) {
        if (vcpu < 0 || vcpu >= header.vcpus()) {
            throw new IllegalArgumentException("no vCPU " + vcpu);
        }
        int low = 0;
        int high = index.eventChunks() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            // What is before a chunk is at the counts that it begins with, or lower.
            if (events(index.eventChunk(middle)).counts[vcpu] < instructionCount) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        int first = high < 0 ? index.size() : index.eventChunk(low);
        return firstAt(first, vcpu, instructionCount);
    }

    private EventCursor firstAt(int chunk, int vcpu, long instructionCount) {
        if (chunk == index.size()) {
            return eventsFrom(index.events());
        }
        long first = index.firstEvent(chunk);
        EventCursor search = new EventCursor(this, chunk, EventChain.fromAnywhere(first));
        long number = first;
        TraceEvent event = search.next();
        while (event != null
                && (event.vcpu() != vcpu || event.instructionCount() < instructionCount)) {
            number++;
            event = search.next();
        }
        return eventsFrom(number);
    }

    /** Receives pieces of a file. The array is only lent. */
    @FunctionalInterface
    public interface PieceSink {
        /**
         * Takes one piece.
         *
         * @param offset in the file
         */
        void piece(long offset, byte[] data, int from, int length) throws IOException;
    }

    /**
     * A packed file.
     *
     * @param size of the file
     * @param packedBytes how many of them are here
     */
    public record Attachment(String name, long size, long packedBytes) {}

    /** What is packed, in the order in which it was. */
    public List<Attachment> attachments() {
        List<Attachment> attachments = new ArrayList<>();
        catalogue()
                .attachments
                .forEach((name, p) -> attachments.add(new Attachment(name, p.size, p.bytes)));
        return attachments;
    }

    /**
     * Reads what is here of a packed file, in the order of offsets.
     *
     * @throws IllegalArgumentException if there is none of that name
     * @throws IOException from the sink
     */
    public void readAttachment(String name, PieceSink sink) throws IOException {
        readPieces(name, catalogue().attachments.get(name), sink);
    }

    /**
     * A complete checkpoint.
     *
     * @param events how many there are before it
     * @param counts of each vCPU
     * @param sections sizes by name, in the order of writing
     */
    public record Checkpoint(
            long number, long events, List<Long> counts, Map<String, Long> sections) {}

    /** Those that are complete, in the order of writing. */
    public List<Checkpoint> checkpoints() {
        List<Checkpoint> checkpoints = new ArrayList<>();
        for (TraceCatalogue.Checkpoint known : catalogue().checkpoints) {
            Map<String, Long> sections = new LinkedHashMap<>();
            known.sections().forEach((name, pieces) -> sections.put(name, pieces.size));
            checkpoints.add(
                    new Checkpoint(known.number(), known.nextEvent(), known.counts(), sections));
        }
        return checkpoints;
    }

    /**
     * Reads a section.
     *
     * @throws IllegalArgumentException if the trace has no such checkpoint or section
     * @throws IOException from the sink
     */
    public void readSection(long checkpoint, String name, PieceSink sink) throws IOException {
        for (TraceCatalogue.Checkpoint known : catalogue().checkpoints) {
            if (known.number() == checkpoint) {
                readPieces(name, known.sections().get(name), sink);
                return;
            }
        }
        throw new IllegalArgumentException("no checkpoint " + checkpoint);
    }

    private void readPieces(String name, TraceCatalogue.@Nullable Pieces pieces, PieceSink sink)
            throws IOException {
        if (pieces == null) {
            throw new IllegalArgumentException("nothing of the name " + name);
        }
        for (int i = 0; i < pieces.count(); i++) {
            int chunk = pieces.chunk(i);
            byte[] bytes = content(chunk);
            ContentReader content = new ContentReader(bytes, index.offset(chunk));
            if (index.type(chunk) == ChunkType.SECTION) {
                content.varint();
                content.name();
            } else {
                content.name();
                content.varint();
            }
            long offset = content.varint();
            sink.piece(offset, bytes, content.position(), content.remaining());
        }
    }

    ChunkIndex index() {
        return index;
    }

    /** The events of a chunk of events. */
    EventDecoder events(int chunk) {
        EventDecoder events = new EventDecoder(content(chunk), index.offset(chunk), header.vcpus());
        if (events.firstEvent != index.firstEvent(chunk) || events.events != index.events(chunk)) {
            throw new TraceFormatException(
                    Problem.MALFORMED,
                    index.offset(chunk),
                    "the index has other events for the chunk here");
        }
        return events;
    }

    /** Where a whole chunk begins behind those that are known; -1 if nowhere. */
    long findChunkBehind() {
        return source.findChunk(index.end() + 1, index.size());
    }

    private byte[] content(int chunk) {
        Chunk found = source.chunk(index.offset(chunk), chunk);
        if (found.type() != index.type(chunk)
                || found.storedLength() != index.storedLength(chunk)) {
            throw new TraceFormatException(
                    Problem.MALFORMED, found.offset(), "the index has another chunk here");
        }
        return source.content(found);
    }

    private TraceCatalogue catalogue() {
        if (catalogue == null) {
            TraceCatalogue made = new TraceCatalogue(header);
            for (int i = 0; i < index.size(); i++) {
                if (TraceCatalogue.covers(index.type(i))) {
                    ContentReader content = new ContentReader(content(i), index.offset(i));
                    made.add(i, index.type(i), content, index.firstEvent(i));
                }
            }
            catalogue = made;
        }
        return catalogue;
    }

    @Override
    public void close() {
        source.close();
    }
}
