package dev.vls.replay;

import dev.vls.machine.Input;
import dev.vls.machine.device.net.FrameOffload;
import dev.vls.trace.Bytes;
import dev.vls.trace.TraceEvent;
import org.jspecify.annotations.Nullable;

/** What is published to a ring, as the events of a trace. */
final class InputEvents {
    private InputEvents() {}

    /** The event of a slot, which refers to nothing of it. */
    static TraceEvent event(RecordedEvent slot) {
        PlaceDigest digest = slot.digest;
        RecordingEnd end = slot.end;
        if (slot.input != null) {
            return event(slot.vcpu, slot.instructionCount, slot.input, slot.diskData);
        }
        if (digest != null) {
            return new TraceEvent.Digest(
                    slot.vcpu,
                    slot.instructionCount,
                    Bytes.of(digest.outputs()),
                    Bytes.of(digest.vcpus()),
                    Bytes.of(digest.memory()));
        }
        if (end != null) {
            return new TraceEvent.End(
                    slot.vcpu, slot.instructionCount, end.reason(), Bytes.of(end.digest()));
        }
        throw new IllegalStateException("a slot without an event");
    }

    private static TraceEvent event(int vcpu, long count, Input input, byte @Nullable [] diskData) {
        return switch (input) {
            case Input.Clock clock -> new TraceEvent.Clock(vcpu, count, clock.nanoseconds());
            case Input.ConsoleIn typed ->
                    new TraceEvent.ConsoleIn(vcpu, count, Bytes.of(typed.bytes()));
            case Input.NetRx frame ->
                    new TraceEvent.NetRx(
                            vcpu,
                            count,
                            frame.device(),
                            offload(frame.offload()),
                            Bytes.of(frame.frame()));
            case Input.NetCarrier carrier ->
                    new TraceEvent.Link(vcpu, count, carrier.device(), carrier.up());
            case Input.BlockDone done ->
                    new TraceEvent.BlockDone(
                            vcpu,
                            count,
                            done.device(),
                            done.request(),
                            done.status(),
                            diskData == null ? null : Bytes.of(diskData));
            case Input.Control control ->
                    new TraceEvent.Control(
                            vcpu, count, control.command().name(), control.command().arguments());
        };
    }

    /** What is left to do with a frame, in the trace's words. */
    static TraceEvent.Offload offload(FrameOffload offload) {
        return switch (offload.checksum()) {
            case NONE -> TraceEvent.Offload.NONE;
            case VALIDATED -> TraceEvent.Offload.VALIDATED;
            case BLANK ->
                    offload.isSegmented()
                            ? new TraceEvent.Offload(
                                    TraceEvent.Checksum.BLANK, offload.gsoType(), offload.gsoSize())
                            : TraceEvent.Offload.BLANK;
        };
    }
}
