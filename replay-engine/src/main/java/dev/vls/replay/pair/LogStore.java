package dev.vls.replay.pair;

import dev.vls.replay.wire.Packed;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The last of a leader's log, in chunks, for followers that are behind or come back. */
final class LogStore {
    static final long BYTES_MAX = 16 << 20;

    /** Small chunks cost more than their bytes. */
    private static final long CHUNK_BYTES = 96;

    /**
     * A chunk.
     *
     * @param nanos when it was put in
     */
    record Chunk(long firstEvent, int events, Packed content, long nanos) {
        long nextEvent() {
            return firstEvent + events;
        }

        private long bytes() {
            return content.bytes().length + CHUNK_BYTES;
        }
    }

    /** By the number of the first event. */
    private final TreeMap<Long, Chunk> chunks = new TreeMap<>();

    private long bytes;
    private long nextEvent;
    private long totalBytes;

    void add(Chunk chunk) {
        chunks.put(chunk.firstEvent, chunk);
        bytes += chunk.bytes();
        totalBytes += chunk.content().bytes().length;
        nextEvent = chunk.nextEvent();
        while (bytes > BYTES_MAX && chunks.size() > 1) {
            bytes -= chunks.pollFirstEntry().getValue().bytes();
        }
    }

    /** The number of the event that comes next. */
    long nextEvent() {
        return nextEvent;
    }

    /** Bytes of all log so far. */
    long totalBytes() {
        return totalBytes;
    }

    /** Whether an event, or the one that comes next, can be had. */
    boolean has(long event) {
        return event == nextEvent || of(event) != null;
    }

    /** The chunk that has an event; null if it comes next, or is gone. */
    @Nullable Chunk of(long event) {
        Map.Entry<Long, Chunk> found = chunks.floorEntry(event);
        return found == null || event >= found.getValue().nextEvent() ? null : found.getValue();
    }
}
