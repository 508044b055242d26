package dev.vls.trace;

import java.util.Arrays;

/**
 * The events of a chunk that is being filled. Allocates nothing for an event; the buffer grows for
 * payloads that are larger than any before.
 */
final class EventEncoder {
    /** Bytes of a record but for its texts, bytes and digests. */
    private static final int RECORD_MAX = 1 + 8 * TraceFormat.VARINT_MAX;

    private final int prefixMax;

    /** Counts where each vCPU was last named, now and at the chunk's start. */
    private final long[] counts;

    private final long[] startCounts;

    private byte[] buffer;

    /** Behind the last record. Records begin at {@link #prefixMax}. */
    private int end;

    private long firstEvent;
    private int events;

    /** Where the content begins once {@link #finish} has put the prefix before the records. */
    private int start;

    EventEncoder(int vcpus, int bytes) {
        prefixMax = (3 + vcpus) * TraceFormat.VARINT_MAX;
        counts = new long[vcpus];
        startCounts = new long[vcpus];
        buffer = new byte[prefixMax + bytes];
        end = prefixMax;
    }

    int vcpus() {
        return counts.length;
    }

    long count(int vcpu) {
        return counts[vcpu];
    }

    /** Number of the next event. */
    long nextEvent() {
        return firstEvent + events;
    }

    int events() {
        return events;
    }

    /** Bytes of records so far. */
    int size() {
        return end - prefixMax;
    }

    /** Begins a record; what follows is its payload, with so many bytes in texts and the like. */
    void record(int kind, int vcpu, long count, int payloadBytes) {
        int needed = end + RECORD_MAX + payloadBytes;
        if (needed > buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.max(needed, buffer.length + buffer.length / 2));
        }
        if (vcpu < TraceFormat.VCPU_ESCAPE) {
            buffer[end++] = (byte) ((vcpu << 4) | kind);
        } else {
            buffer[end++] = (byte) ((TraceFormat.VCPU_ESCAPE << 4) | kind);
            varint(vcpu - TraceFormat.VCPU_ESCAPE);
        }
        varint(count - counts[vcpu]);
        counts[vcpu] = count;
        events++;
    }

    void varint(long value) {
        end = Varint.put(buffer, end, value);
    }

    void zigzag(long value) {
        varint((value << 1) ^ (value >> 63));
    }

    void bytes(byte[] source, int from, int length) {
        varint(length);
        System.arraycopy(source, from, buffer, end, length);
        end += length;
    }

    /** Puts the prefix before the records: the content is then in {@link #buffer}. */
    void finish() {
        int length = prefix(buffer, 0);
        start = prefixMax - length;
        prefix(buffer, start);
    }

    private int prefix(byte[] target, int at) {
        int position = Varint.put(target, at, firstEvent);
        position = Varint.put(target, position, counts.length);
        for (long count : startCounts) {
            position = Varint.put(target, position, count);
        }
        return Varint.put(target, position, events) - at;
    }

    byte[] buffer() {
        return buffer;
    }

    int start() {
        return start;
    }

    /** Bytes of the content, from {@link #start}. */
    int length() {
        return end - start;
    }

    /** The chunk is written: begins the next one. */
    void next() {
        firstEvent += events;
        events = 0;
        end = prefixMax;
        System.arraycopy(counts, 0, startCounts, 0, counts.length);
    }
}
