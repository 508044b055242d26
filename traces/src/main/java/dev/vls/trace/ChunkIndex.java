package dev.vls.trace;

import dev.vls.trace.TraceFormatException.Problem;
import java.util.Arrays;

/** Where each chunk is, without the index itself. */
final class ChunkIndex {
    private ChunkType[] types = new ChunkType[16];
    private int[] storedLengths = new int[16];
    private long[] offsets = new long[16];

    /** Number of the first event of a chunk of events; of others, of the next such. */
    private long[] firstEvents = new long[16];

    /** The chunks of events. */
    private int[] eventChunks = new int[16];

    private int eventChunkCount;
    private int chunks;
    private long end = TraceFormat.PREAMBLE_BYTES;
    private long events;

    /**
     * Reads the index chunk's entries.
     *
     * @param content behind its first byte
     */
    static ChunkIndex read(ContentReader content, TraceSource.Trailer trailer) {
        ChunkIndex index = new ChunkIndex();
        int entries = content.varint(TraceFormat.CHUNKS_MAX, "the number of entries");
        if (entries != trailer.chunks() - 1) {
            throw content.malformed("the trailer has another number of chunks");
        }
        for (int i = 0; i < entries; i++) {
            ChunkType type = ChunkType.byCode(content.u8());
            if (type == null) {
                throw content.problem(Problem.UNKNOWN, "a type that is not known");
            }
            int storedLength = content.varint(type.bytesMax, "a chunk's length");
            int events =
                    type == ChunkType.EVENTS
                            ? content.varint(type.bytesMax, "the number of events")
                            : 0;
            if (type == ChunkType.INDEX || (type == ChunkType.HEADER) != (i == 0)) {
                throw content.malformed("a type that cannot be here");
            }
            if (type == ChunkType.EVENTS && events == 0) {
                throw content.malformed("a chunk without events");
            }
            index.add(type, storedLength, events);
            if (index.end > trailer.indexOffset()) {
                throw content.malformed("chunks reach past the index");
            }
        }
        content.end();
        if (index.end != trailer.indexOffset()) {
            throw content.malformed("the chunks do not end where the index begins");
        }
        return index;
    }

    /** Whether both have the same chunks. */
    boolean isSame(ChunkIndex other) {
        return chunks == other.chunks
                && end == other.end
                && events == other.events
                && Arrays.equals(types, 0, chunks, other.types, 0, chunks)
                && Arrays.equals(offsets, 0, chunks, other.offsets, 0, chunks)
                && Arrays.equals(firstEvents, 0, chunks, other.firstEvents, 0, chunks);
    }

    void add(ChunkType type, int storedLength, int eventsInChunk) {
        if (chunks == types.length) {
            int capacity = chunks * 2;
            types = Arrays.copyOf(types, capacity);
            storedLengths = Arrays.copyOf(storedLengths, capacity);
            offsets = Arrays.copyOf(offsets, capacity);
            firstEvents = Arrays.copyOf(firstEvents, capacity);
        }
        types[chunks] = type;
        storedLengths[chunks] = storedLength;
        offsets[chunks] = end;
        firstEvents[chunks] = events;
        if (type == ChunkType.EVENTS) {
            if (eventChunkCount == eventChunks.length) {
                eventChunks = Arrays.copyOf(eventChunks, eventChunkCount * 2);
            }
            eventChunks[eventChunkCount++] = chunks;
        }
        chunks++;
        end += TraceFormat.CHUNK_HEADER_BYTES + storedLength;
        events += eventsInChunk;
    }

    int size() {
        return chunks;
    }

    ChunkType type(int chunk) {
        return types[chunk];
    }

    int storedLength(int chunk) {
        return storedLengths[chunk];
    }

    long offset(int chunk) {
        return offsets[chunk];
    }

    long firstEvent(int chunk) {
        return firstEvents[chunk];
    }

    int events(int chunk) {
        long next = chunk + 1 < chunks ? firstEvents[chunk + 1] : events;
        return (int) (next - firstEvents[chunk]);
    }

    /** How many chunks of events there are. */
    int eventChunks() {
        return eventChunkCount;
    }

    /** The number of a chunk of events, counted among those alone. */
    int eventChunk(int number) {
        return eventChunks[number];
    }

    /** All events. */
    long events() {
        return events;
    }

    /** Behind the last chunk. */
    long end() {
        return end;
    }

    /** The next chunk of a type, from this one on; {@link #size} if there is none. */
    int next(ChunkType type, int from) {
        int chunk = from;
        while (chunk < chunks && types[chunk] != type) {
            chunk++;
        }
        return chunk;
    }

    /** The chunk that holds an event; for one behind the last, the last chunk. */
    int chunkOfEvent(long event) {
        int low = 0;
        int high = chunks - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (firstEvents[middle] <= event) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }
}
