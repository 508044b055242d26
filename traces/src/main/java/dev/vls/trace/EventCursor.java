package dev.vls.trace;

import org.jspecify.annotations.Nullable;

/**
 * Reads the events of a trace from some place on. Holds one chunk in memory. After an exception it
 * is of no more use.
 */
public final class EventCursor {
    private final TraceReader reader;
    private final EventChain chain;
    private int nextChunk;
    private @Nullable EventDecoder chunk;

    EventCursor(TraceReader reader, int firstChunk, EventChain chain) {
        this.reader = reader;
        this.nextChunk = firstChunk;
        this.chain = chain;
    }

    /**
     * The next event, or null behind the last one.
     *
     * @throws TraceFormatException if the trace is damaged here
     */
    public @Nullable TraceEvent next() {
        while (true) {
            if (chunk == null) {
                nextChunk = reader.index().next(ChunkType.EVENTS, nextChunk);
                if (nextChunk == reader.index().size()) {
                    return null;
                }
                chunk = reader.events(nextChunk);
                chain.begin(chunk, reader.index().offset(nextChunk));
                nextChunk++;
            }
            TraceEvent event = chunk.next();
            if (event != null) {
                return event;
            }
            chain.end(chunk);
            chunk = null;
        }
    }

    /** Number of the event that {@link #next} returns next. */
    public long nextEvent() {
        return chunk == null ? chain.nextEvent() : chunk.nextEvent();
    }
}
