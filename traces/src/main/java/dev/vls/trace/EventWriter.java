package dev.vls.trace;

import java.nio.charset.StandardCharsets;

/**
 * Encodes events into chunks of docs/spec/trace-format.md, a chunk at a time; where they go is up
 * to those who extend it. Allocates nothing for an event. Arguments that the format does not allow,
 * and counts that go back, are {@link IllegalArgumentException}; events after {@link #end} are
 * {@link IllegalStateException}.
 */
public abstract class EventWriter {
    private static final byte[] NO_BYTES = new byte[0];

    final EventEncoder events;
    private final int chunkBytes;

    /** The last event was a digest, and the chunk is at least half full. */
    private boolean chunkIsDue;

    private boolean ended;

    EventWriter(int vcpus, int chunkBytes) {
        this.chunkBytes = chunkBytes;
        events = new EventEncoder(vcpus, chunkBytes + chunkBytes / 4);
    }

    /** Hands over the events of the chunk that is being filled, if there are any. */
    public abstract void flush();

    /**
     * @throws IllegalStateException if no events can be written
     */
    void checkEvents() {}

    /** The chunk was handed over: begins the next one. */
    final void next() {
        events.next();
        chunkIsDue = false;
    }

    /** Number of the next event. */
    public final long nextEvent() {
        return events.nextEvent();
    }

    /** Host time went on. */
    public final void clock(int vcpu, long instructionCount, long nanoseconds) {
        check(nanoseconds >= 0, "time goes back");
        prepare(vcpu, instructionCount);
        events.record(TraceFormat.CLOCK, vcpu, instructionCount, 0);
        events.varint(nanoseconds);
    }

    /** Bytes typed at the console, at most 1 MiB. */
    public final void consoleIn(
            int vcpu, long instructionCount, byte[] data, int from, int length) {
        checkBytes(length);
        prepare(vcpu, instructionCount);
        events.record(TraceFormat.CONSOLE_IN, vcpu, instructionCount, length);
        events.bytes(data, from, length);
    }

    /** A frame from the network, at most 1 MiB. */
    public final void netRx(
            int vcpu,
            long instructionCount,
            int device,
            TraceEvent.Offload offload,
            byte[] frame,
            int from,
            int length) {
        checkDevice(device);
        checkBytes(length);
        prepare(vcpu, instructionCount);
        events.record(TraceFormat.NET_RX, vcpu, instructionCount, length);
        events.varint(device);
        events.varint(offload.code());
        if (offload.code() == TraceFormat.OFFLOAD_SEGMENTS) {
            events.varint(offload.gsoType());
            events.varint(offload.gsoSize());
        }
        events.bytes(frame, from, length);
    }

    /** A request to a disk is done; what was read is not logged. */
    public final void blockDone(
            int vcpu, long instructionCount, int device, long request, int status) {
        checkDevice(device);
        prepare(vcpu, instructionCount);
        blockDonePlace(vcpu, instructionCount, device, request, status, 0);
        events.varint(0);
    }

    /** A request to a disk is done; {@code data}, at most 1 MiB, is what was read. */
    public final void blockDone(
            int vcpu,
            long instructionCount,
            int device,
            long request,
            int status,
            byte[] data,
            int from,
            int length) {
        checkDevice(device);
        checkBytes(length);
        prepare(vcpu, instructionCount);
        blockDonePlace(vcpu, instructionCount, device, request, status, length);
        events.varint(1);
        events.bytes(data, from, length);
    }

    private void blockDonePlace(
            int vcpu, long count, int device, long request, int status, int length) {
        events.record(TraceFormat.BLOCK_DONE, vcpu, count, length);
        events.varint(device);
        events.varint(request);
        events.zigzag(status);
    }

    /** An operator's command; each text is at most 64 KiB of UTF-8. */
    public final void control(int vcpu, long instructionCount, String command, String argument) {
        byte[] commandBytes = text(command);
        byte[] argumentBytes = text(argument);
        prepare(vcpu, instructionCount);
        events.record(
                TraceFormat.CONTROL,
                vcpu,
                instructionCount,
                commandBytes.length + argumentBytes.length);
        events.bytes(commandBytes, 0, commandBytes.length);
        events.bytes(argumentBytes, 0, argumentBytes.length);
    }

    /** A network device lost its carrier or has it again. */
    public final void link(int vcpu, long instructionCount, int device, boolean carrier) {
        checkDevice(device);
        prepare(vcpu, instructionCount);
        events.record(TraceFormat.LINK, vcpu, instructionCount, 0);
        events.varint(device);
        events.varint(carrier ? 1 : 0);
    }

    /**
     * The run's end; nothing comes after it.
     *
     * @param digest of the final state, or empty
     */
    public final void end(int vcpu, long instructionCount, String reason, byte[] digest) {
        byte[] reasonBytes = text(reason);
        checkDigest(digest);
        prepare(vcpu, instructionCount);
        events.record(TraceFormat.END, vcpu, instructionCount, reasonBytes.length + digest.length);
        events.bytes(reasonBytes, 0, reasonBytes.length);
        events.bytes(digest, 0, digest.length);
        ended = true;
    }

    /** What a replay must have here; an empty array for what was not taken. */
    public final void digest(
            int vcpu, long instructionCount, byte[] outputs, byte[] vcpus, byte[] memory) {
        checkDigest(outputs);
        checkDigest(vcpus);
        checkDigest(memory);
        int length = outputs.length + vcpus.length + memory.length;
        prepare(vcpu, instructionCount);
        events.record(TraceFormat.DIGEST, vcpu, instructionCount, length);
        events.bytes(outputs, 0, outputs.length);
        events.bytes(vcpus, 0, vcpus.length);
        events.bytes(memory, 0, memory.length);
        chunkIsDue = events.size() >= chunkBytes / 2;
    }

    private void prepare(int vcpu, long count) {
        checkEvents();
        if (ended) {
            throw new IllegalStateException("the run has ended");
        }
        if (count < events.count(vcpu)) {
            throw new IllegalArgumentException(
                    "vCPU " + vcpu + " goes back to " + count + " from " + events.count(vcpu));
        }
        if (chunkIsDue || events.size() >= chunkBytes) {
            flush();
        }
    }

    private static byte[] text(String text) {
        byte[] bytes = text.isEmpty() ? NO_BYTES : text.getBytes(StandardCharsets.UTF_8);
        check(bytes.length <= TraceFormat.TEXT_MAX, "a text is longer than 64 KiB");
        return bytes;
    }

    private static void checkBytes(int length) {
        check(length <= TraceFormat.BYTES_MAX, "more than 1 MiB in one event");
    }

    private static void checkDigest(byte[] digest) {
        check(digest.length <= TraceFormat.DIGEST_MAX, "a digest is longer than 64 bytes");
    }

    private static void checkDevice(int device) {
        check(device >= 0, "a device is negative");
    }

    static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
