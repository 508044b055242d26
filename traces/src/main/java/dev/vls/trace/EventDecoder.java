package dev.vls.trace;

import dev.vls.trace.TraceEvent.BlockDone;
import dev.vls.trace.TraceEvent.Clock;
import dev.vls.trace.TraceEvent.ConsoleIn;
import dev.vls.trace.TraceEvent.Control;
import dev.vls.trace.TraceEvent.Digest;
import dev.vls.trace.TraceEvent.End;
import dev.vls.trace.TraceEvent.Link;
import dev.vls.trace.TraceEvent.NetRx;
import dev.vls.trace.TraceEvent.Offload;
import dev.vls.trace.TraceFormatException.Problem;
import org.jspecify.annotations.Nullable;

/** The events of one chunk, in their order. */
final class EventDecoder {
    /** Where each vCPU was last named. */
    final long[] counts;

    /** Number of the chunk's first event. */
    final long firstEvent;

    /** Number of events in the chunk. */
    final int events;

    private final ContentReader content;
    private int decoded;
    private boolean ended;

    /**
     * Reads the chunk's beginning.
     *
     * @param chunkOffset where the chunk begins, for messages
     * @throws TraceFormatException if it is not what the format allows
     */
    EventDecoder(byte[] chunk, long chunkOffset, int vcpus) {
        content = new ContentReader(chunk, chunkOffset);
        firstEvent = content.varint(Long.MAX_VALUE, "the number of the first event");
        if (content.varint(TraceFormat.VCPUS_MAX, "the number of vCPUs") != vcpus) {
            throw content.malformed("the header has another number of vCPUs");
        }
        counts = new long[vcpus];
        for (int i = 0; i < vcpus; i++) {
            counts[i] = content.varint(Long.MAX_VALUE, "a count");
        }
        events = content.varint(ChunkType.EVENTS.bytesMax, "the number of events");
        if (events == 0) {
            throw content.malformed("a chunk without events");
        }
    }

    /** Whether the last event was the run's end. */
    boolean ended() {
        return ended;
    }

    /** Number of the next event. */
    long nextEvent() {
        return firstEvent + decoded;
    }

    /** The next event, or null behind the last. */
    @Nullable TraceEvent next() {
        if (decoded == events) {
            content.end();
            return null;
        }
        if (ended) {
            throw content.malformed("something follows END");
        }
        int tag = content.u8();
        int vcpu = tag >>> 4;
        if (vcpu == TraceFormat.VCPU_ESCAPE) {
            vcpu += content.varint(TraceFormat.VCPUS_MAX, "the vCPU");
        }
        if (vcpu >= counts.length) {
            throw content.problem(Problem.LIMIT, "vCPU " + vcpu + " of " + counts.length);
        }
        long delta = content.varint(Long.MAX_VALUE, "the difference of counts");
        if (delta > Long.MAX_VALUE - counts[vcpu]) {
            throw content.problem(Problem.LIMIT, "a count beyond 63 bits");
        }
        counts[vcpu] += delta;
        TraceEvent event = payload(tag & 15, vcpu, counts[vcpu]);
        decoded++;
        return event;
    }

    private TraceEvent payload(int kind, int vcpu, long count) {
        return switch (kind) {
            case TraceFormat.CLOCK ->
                    new Clock(vcpu, count, content.varint(Long.MAX_VALUE, "the time"));
            case TraceFormat.CONSOLE_IN -> new ConsoleIn(vcpu, count, data());
            case TraceFormat.NET_RX -> new NetRx(vcpu, count, device(), offload(), data());
            case TraceFormat.BLOCK_DONE ->
                    new BlockDone(
                            vcpu,
                            count,
                            device(),
                            content.varint(),
                            content.zigzagInt("the status"),
                            flag() ? data() : null);
            case TraceFormat.CONTROL -> new Control(vcpu, count, text(), text());
            case TraceFormat.LINK -> new Link(vcpu, count, device(), flag());
            case TraceFormat.END -> {
                ended = true;
                yield new End(vcpu, count, text(), digest());
            }
            case TraceFormat.DIGEST -> new Digest(vcpu, count, digest(), digest(), digest());
            default -> throw content.problem(Problem.UNKNOWN, "kind " + kind + " is not known");
        };
    }

    private int device() {
        return content.varint(Integer.MAX_VALUE, "the device");
    }

    private Offload offload() {
        return switch (content.varint(TraceFormat.OFFLOAD_SEGMENTS, "the offload")) {
            case 0 -> Offload.NONE;
            case 1 -> Offload.VALIDATED;
            case 2 -> Offload.BLANK;
            default -> {
                int type = content.varint(TraceFormat.GSO_TYPE_MAX, "the GSO type");
                int size = content.varint(TraceFormat.GSO_SIZE_MAX, "the GSO size");
                if (type == 0 || size == 0) {
                    throw content.malformed("a GSO type or size of 0");
                }
                yield new Offload(TraceEvent.Checksum.BLANK, type, size);
            }
        };
    }

    private boolean flag() {
        return content.varint(1, "a flag") == 1;
    }

    private Bytes data() {
        return content.bytes(TraceFormat.BYTES_MAX, "data");
    }

    private Bytes digest() {
        return content.bytes(TraceFormat.DIGEST_MAX, "a digest");
    }

    private String text() {
        return content.text(TraceFormat.TEXT_MAX, "a text");
    }
}
