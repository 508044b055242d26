package dev.vls.trace;

import dev.vls.trace.TraceFormatException.Problem;
import dev.vls.trace.TraceSource.Chunk;

/**
 * Goes through a trace from its start, and finds what a sealed one has in its index: how far its
 * chunks are whole, each and in their order.
 */
final class TraceScan {
    /** Of the whole chunks. */
    final ChunkIndex index;

    /** Why the scan stopped where it did: at the index, or because there is none. */
    final TraceFormatException stop;

    private TraceScan(ChunkIndex index, TraceFormatException stop) {
        this.index = index;
        this.stop = stop;
    }

    /** Scans a trace whose first chunk is a header. */
    static TraceScan run(TraceSource source, TraceHeader header) {
        int vcpus = header.vcpus();
        ChunkIndex index = new ChunkIndex();
        EventChain chain = EventChain.fromStart(vcpus);
        TraceCatalogue catalogue = new TraceCatalogue(header);
        while (index.end() < source.size()) {
            try {
                int number = index.size();
                Chunk chunk = source.chunk(index.end(), number);
                checkType(chunk, number, header);
                int events = check(source, chunk, number, vcpus, chain, catalogue);
                index.add(chunk.type(), chunk.storedLength(), events);
            } catch (TraceFormatException e) {
                return new TraceScan(index, e);
            }
        }
        return new TraceScan(
                index,
                new TraceFormatException(
                        Problem.TRUNCATED, source.size(), "the trace is not sealed"));
    }

    private static void checkType(Chunk chunk, int number, TraceHeader header) {
        if (chunk.type() == ChunkType.INDEX) {
            throw new TraceFormatException(
                    Problem.TRUNCATED, chunk.offset(), "the index or the trailer is broken");
        }
        if (number == TraceFormat.CHUNKS_MAX - 1) {
            throw new TraceFormatException(Problem.LIMIT, chunk.offset(), "too many chunks");
        }
        if ((chunk.type() == ChunkType.HEADER) != (number == 0)) {
            throw new TraceFormatException(
                    Problem.MALFORMED,
                    chunk.offset(),
                    "chunk " + number + ": no place for a header");
        }
        if (header.checkpointsOf() != null && !ofCheckpoints(chunk.type())) {
            throw new TraceFormatException(
                    Problem.MALFORMED,
                    chunk.offset(),
                    "chunk " + number + ": no checkpoint, in a file of checkpoints");
        }
    }

    private static boolean ofCheckpoints(ChunkType type) {
        return type == ChunkType.HEADER
                || type == ChunkType.SECTION
                || type == ChunkType.CHECKPOINT;
    }

    private static int check(
            TraceSource source,
            Chunk chunk,
            int number,
            int vcpus,
            EventChain chain,
            TraceCatalogue catalogue) {
        byte[] content = source.content(chunk);
        if (chunk.type() == ChunkType.EVENTS) {
            EventDecoder events = new EventDecoder(content, chunk.offset(), vcpus);
            chain.begin(events, chunk.offset());
            while (events.next() != null) {
                // Decoding is the check.
            }
            chain.end(events);
            return events.events;
        }
        if (TraceCatalogue.covers(chunk.type())) {
            ContentReader reader = new ContentReader(content, chunk.offset());
            catalogue.add(number, chunk.type(), reader, chain.nextEvent());
        }
        return 0;
    }
}
