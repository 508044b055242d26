package dev.vls.trace;

import java.util.Arrays;

/**
 * Encodes events into chunks that go somewhere else than to a file: each is the content of an
 * EVENTS chunk of docs/spec/trace-format.md, which {@link EventChunkReader} reads. For one thread.
 */
public final class EventChunkWriter extends EventWriter {
    /** Takes a chunk. */
    @FunctionalInterface
    public interface Target {
        /**
         * A chunk is full, or was asked for.
         *
         * @param content the taker's own from now on
         * @param firstEvent the number of the first event in it
         * @param events how many events there are, at least 1
         */
        void chunk(byte[] content, long firstEvent, int events);
    }

    private final Target target;

    /**
     * @param vcpus of the guest
     * @param chunkBytes after which a chunk is handed over by itself
     */
    public EventChunkWriter(int vcpus, int chunkBytes, Target target) {
        super(vcpus, chunkBytes);
        this.target = target;
    }

    @Override
    public void flush() {
        int count = events.events();
        if (count > 0) {
            events.finish();
            int from = events.start();
            byte[] content = Arrays.copyOfRange(events.buffer(), from, from + events.length());
            long first = events.nextEvent() - count;
            next();
            target.chunk(content, first, count);
        }
    }
}
