package dev.vls.trace;

import dev.vls.trace.TraceFormatException.Problem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Attachments and checkpoints: what there is, and which chunks hold their pieces. */
final class TraceCatalogue {
    /** The pieces of something, in the order of their offsets. */
    static final class Pieces {
        /** Of the whole; of a section, what is there. */
        long size;

        /** Behind the last piece. */
        long end;

        /** Of all pieces together. */
        long bytes;

        private int[] chunks = new int[2];
        private int count;

        int count() {
            return count;
        }

        int chunk(int piece) {
            return chunks[piece];
        }

        private void add(int chunk, long offset, int length) {
            if (count == chunks.length) {
                chunks = Arrays.copyOf(chunks, count * 2);
            }
            chunks[count++] = chunk;
            end = offset + length;
            bytes += length;
        }
    }

    /** A checkpoint that is complete. */
    record Checkpoint(
            long number, long nextEvent, List<Long> counts, Map<String, Pieces> sections) {}

    final Map<String, Pieces> attachments = new LinkedHashMap<>();
    final List<Checkpoint> checkpoints = new ArrayList<>();

    private final int vcpus;
    private final boolean checkpointsOnly;
    private Map<String, Pieces> pending = new LinkedHashMap<>();
    private long number = -1;

    TraceCatalogue(TraceHeader header) {
        vcpus = header.vcpus();
        checkpointsOnly = header.checkpointsOf() != null;
    }

    /** Whether chunks of this type belong to a catalogue. */
    static boolean covers(ChunkType type) {
        return type == ChunkType.ATTACHMENT
                || type == ChunkType.SECTION
                || type == ChunkType.CHECKPOINT;
    }

    /**
     * Takes in the next chunk that it covers.
     *
     * @param events how many there are before the chunk
     * @throws TraceFormatException if it is not what the format allows
     */
    void add(int chunk, ChunkType type, ContentReader content, long events) {
        switch (type) {
            case ATTACHMENT -> addAttachment(chunk, content);
            case SECTION -> addSection(chunk, content);
            case CHECKPOINT -> addCheckpoint(content, events);
            default -> throw new IllegalArgumentException(type.name());
        }
    }

    private void addAttachment(int chunk, ContentReader content) {
        String name = content.name();
        long size = content.varint(Long.MAX_VALUE, "the size");
        long offset = content.varint(size, "the offset");
        int length = content.remaining();
        Pieces pieces = attachments.get(name);
        if (pieces == null) {
            if (attachments.size() == TraceFormat.ATTACHMENTS_MAX) {
                throw content.problem(Problem.LIMIT, "too many attachments");
            }
            pieces = new Pieces();
            pieces.size = size;
            attachments.put(name, pieces);
        }
        if (pieces.size != size || offset < pieces.end || length > size - offset) {
            throw content.malformed("a piece that does not fit those before");
        }
        if (length == 0 && (size > 0 || pieces.count > 0)) {
            throw content.malformed("an empty piece");
        }
        pieces.add(chunk, offset, length);
    }

    private void addSection(int chunk, ContentReader content) {
        long checkpoint = content.varint(Long.MAX_VALUE, "the checkpoint");
        String name = content.name();
        long offset = content.varint(Long.MAX_VALUE, "the offset");
        int length = content.remaining();
        if (checkpoint > number) {
            number = checkpoint;
            pending = new LinkedHashMap<>();
        } else if (checkpoint < number || pending.isEmpty()) {
            throw content.malformed("the number of a checkpoint before");
        }
        Pieces pieces = pending.get(name);
        if (pieces == null) {
            if (pending.size() == TraceFormat.SECTIONS_MAX) {
                throw content.problem(Problem.LIMIT, "too many sections");
            }
            pieces = new Pieces();
            pending.put(name, pieces);
        }
        if (offset != pieces.end || length == 0 || length > Long.MAX_VALUE - offset) {
            throw content.malformed("a piece that does not fit those before");
        }
        pieces.add(chunk, offset, length);
        pieces.size = pieces.end;
    }

    private void addCheckpoint(ContentReader content, long events) {
        long checkpoint = content.varint(Long.MAX_VALUE, "the checkpoint");
        long nextEvent = content.varint(Long.MAX_VALUE, "the number of the next event");
        if (content.varint(TraceFormat.VCPUS_MAX, "the number of vCPUs") != vcpus) {
            throw content.malformed("the header has another number of vCPUs");
        }
        List<Long> counts = new ArrayList<>();
        for (int i = 0; i < vcpus; i++) {
            counts.add(content.varint(Long.MAX_VALUE, "a count"));
        }
        int sections = content.varint(TraceFormat.SECTIONS_MAX, "the number of sections");
        if (checkpoint != number || pending.isEmpty() || sections != pending.size()) {
            throw content.malformed("not the checkpoint of the sections before");
        }
        for (Map.Entry<String, Pieces> section : pending.entrySet()) {
            if (!content.name().equals(section.getKey())
                    || content.varint() != section.getValue().size) {
                throw content.malformed("not the checkpoint of the sections before");
            }
        }
        content.end();
        long before = checkpoints.isEmpty() ? 0 : checkpoints.getLast().nextEvent();
        if ((nextEvent > events && !checkpointsOnly) || nextEvent < before) {
            throw content.malformed("the number of the next event is not one before it");
        }
        checkpoints.add(new Checkpoint(checkpoint, nextEvent, counts, pending));
        pending = new LinkedHashMap<>();
    }
}
