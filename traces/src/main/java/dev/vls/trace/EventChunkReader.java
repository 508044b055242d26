package dev.vls.trace;

import org.jspecify.annotations.Nullable;

/**
 * Decodes chunks of {@link EventChunkWriter} that arrive one after the other from somebody who is
 * not trusted. The first one may be any; those that follow must go on where the one before ended.
 * For one thread.
 */
public final class EventChunkReader {
    private final int vcpus;
    private @Nullable EventChain chain;
    private @Nullable EventDecoder chunk;
    private long received;

    public EventChunkReader(int vcpus) {
        this.vcpus = vcpus;
    }

    /**
     * Begins the next chunk; that before was read to its end.
     *
     * @param content not changed by anybody
     * @throws TraceFormatException if it is none, or not the next one
     */
    public void begin(byte[] content) {
        EventDecoder next = new EventDecoder(content, 0, vcpus);
        EventChain known = chain;
        if (known == null) {
            known = EventChain.fromAnywhere(next.firstEvent);
            chain = known;
        }
        known.begin(next, 0);
        chunk = next;
        received = next.firstEvent;
    }

    /**
     * The next event of the chunk, or null behind the last.
     *
     * @throws TraceFormatException if the chunk is not what the format allows
     */
    public @Nullable TraceEvent next() {
        EventDecoder current = chunk;
        EventChain known = chain;
        if (current == null || known == null) {
            return null;
        }
        TraceEvent event = current.next();
        received = current.nextEvent();
        if (event == null) {
            known.end(current);
            chunk = null;
        }
        return event;
    }

    /** Number of the event that {@link #next} returns next. */
    public long nextEvent() {
        return received;
    }
}
