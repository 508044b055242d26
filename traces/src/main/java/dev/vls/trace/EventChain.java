package dev.vls.trace;

import org.jspecify.annotations.Nullable;

/** What chunks of events must have in common: each goes on where the one before ended. */
final class EventChain {
    private long @Nullable [] counts;
    private long nextEvent;
    private boolean ended;

    /** Every event of the trace passes through. */
    static EventChain fromStart(int vcpus) {
        EventChain chain = new EventChain();
        chain.counts = new long[vcpus];
        return chain;
    }

    /** The first chunk given is taken for what it says. */
    static EventChain fromAnywhere(long firstEvent) {
        EventChain chain = new EventChain();
        chain.nextEvent = firstEvent;
        return chain;
    }

    /** Number of the next event. */
    long nextEvent() {
        return nextEvent;
    }

    /**
     * @param chunkOffset where the chunk begins
     * @throws TraceFormatException if the chunk cannot be the next
     */
    void begin(EventDecoder chunk, long chunkOffset) {
        if (ended) {
            throw malformed(chunkOffset, "something follows END");
        }
        if (chunk.firstEvent != nextEvent) {
            throw malformed(chunkOffset, "the first event has another number than " + nextEvent);
        }
        if (counts != null) {
            for (int i = 0; i < counts.length; i++) {
                if (counts[i] != chunk.counts[i]) {
                    throw malformed(
                            chunkOffset, "the count of vCPU " + i + " is not where it was left");
                }
            }
        }
    }

    /** The chunk's events were read. */
    void end(EventDecoder chunk) {
        counts = chunk.counts;
        nextEvent = chunk.nextEvent();
        ended = chunk.ended();
    }

    private static TraceFormatException malformed(long offset, String what) {
        return new TraceFormatException(
                TraceFormatException.Problem.MALFORMED, offset, "the chunk here: " + what);
    }
}
