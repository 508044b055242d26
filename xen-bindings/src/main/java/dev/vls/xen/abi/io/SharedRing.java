package dev.vls.xen.abi.io;

/**
 * Arithmetic of the indices of Xen's shared rings. Producer and consumer indices are unsigned
 * 32-bit numbers that run freely and wrap; they are masked only to find an entry. Here they are
 * {@code int} with the same bits, and every comparison is unsigned.
 *
 * <p>Counts that come from indices which the peer writes are unsigned too and may be any 32-bit
 * number: a backend compares them with the size before it trusts them ({@link
 * #requestProducerOverflows}).
 *
 * <p>Nothing here reads memory: the caller orders its reads and writes of the shared page.
 *
 * <p>Source: {@code public/io/ring.h}.
 */
public final class SharedRing {
    private SharedRing() {}

    /**
     * Entries of a ring: the largest power of two that fits.
     *
     * @param ringBytes bytes of the shared memory, the header included
     * @param headerBytes offset of the first entry, for example {@link BlkifSring#RING}
     * @param entryBytes bytes of an entry, for example {@link BlkifSring#ENTRY_SIZE}
     * @throws IllegalArgumentException if not even one entry fits
     */
    public static int size(int ringBytes, int headerBytes, int entryBytes) {
        if (headerBytes < 0 || entryBytes <= 0 || (long) ringBytes - headerBytes < entryBytes) {
            throw new IllegalArgumentException(
                    "no entry of %d bytes fits into a ring of %d with a header of %d"
                            .formatted(entryBytes, ringBytes, headerBytes));
        }
        return Integer.highestOneBit((ringBytes - headerBytes) / entryBytes);
    }

    /** Position of an index in a ring whose size is a power of two. */
    public static int slot(int index, int size) {
        return index & (size - 1);
    }

    /** Responses that a frontend has not consumed, unsigned. */
    public static int unconsumedResponses(int responseProducer, int responseConsumer) {
        return responseProducer - responseConsumer;
    }

    /**
     * Requests that a backend may consume, 0 to the size: those that the frontend made, but never
     * more than the slots whose responses it has not produced yet.
     *
     * @param requestProducer the shared index, written by the frontend
     * @param requestConsumer the backend's own index
     * @param responseProducer the backend's own index, that of responses not yet published included
     */
    public static int unconsumedRequests(
            int requestProducer, int requestConsumer, int responseProducer, int size) {
        int produced = requestProducer - requestConsumer;
        int room = size - (requestConsumer - responseProducer);
        return Integer.compareUnsigned(produced, room) < 0 ? produced : room;
    }

    /** Slots in which a frontend may put requests, by its own indices. */
    public static int freeRequests(int requestProducer, int responseConsumer, int size) {
        return size - (requestProducer - responseConsumer);
    }

    /** Whether a backend would consume a request whose slot still awaits a response. */
    public static boolean requestConsumerOverflows(
            int requestConsumer, int responseProducer, int size) {
        return Integer.compareUnsigned(requestConsumer - responseProducer, size) >= 0;
    }

    /** Whether a frontend claims more requests than the ring holds: a broken or hostile peer. */
    public static boolean requestProducerOverflows(
            int requestProducer, int responseProducer, int size) {
        return Integer.compareUnsigned(requestProducer - responseProducer, size) > 0;
    }

    /** Whether a backend claims more responses than the ring holds: a broken or hostile peer. */
    public static boolean responseProducerOverflows(
            int responseProducer, int responseConsumer, int size) {
        return Integer.compareUnsigned(responseProducer - responseConsumer, size) > 0;
    }

    /**
     * Whether the peer wants an event after a producer index moved: when its event index is one of
     * those that the move passed or reached.
     *
     * @param before the shared producer index before the move
     * @param after the shared producer index now
     * @param event the peer's {@code req_event} or {@code rsp_event}, read after the index was
     *     written
     */
    public static boolean notifyNeeded(int before, int after, int event) {
        return Integer.compareUnsigned(after - event, after - before) < 0;
    }

    /**
     * Bytes that wait in a byte ring of the console or xenstore kind, unsigned; more than the ring
     * holds when the peer is broken.
     */
    public static int queuedBytes(int producer, int consumer) {
        return producer - consumer;
    }
}
