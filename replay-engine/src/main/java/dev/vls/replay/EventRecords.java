package dev.vls.replay;

import dev.vls.machine.Input;
import dev.vls.machine.control.ControlCommand;
import dev.vls.trace.EventWriter;
import org.jspecify.annotations.Nullable;

/** What is published to a ring, encoded as the events of a trace or of a log on a wire. */
final class EventRecords {
    private EventRecords() {}

    /** Encodes what is in a slot. */
    static void write(EventWriter writer, RecordedEvent event) {
        int vcpu = event.vcpu;
        long count = event.instructionCount;
        PlaceDigest digest = event.digest;
        RecordingEnd end = event.end;
        if (event.input != null) {
            write(writer, vcpu, count, event.input, event.diskData);
        } else if (digest != null) {
            writer.digest(vcpu, count, digest.outputs(), digest.vcpus(), digest.memory());
        } else if (end != null) {
            writer.end(vcpu, count, end.reason(), end.digest());
        }
    }

    private static void write(
            EventWriter writer, int vcpu, long count, Input input, byte @Nullable [] diskData) {
        switch (input) {
            case Input.Clock clock -> writer.clock(vcpu, count, clock.nanoseconds());
            case Input.ConsoleIn typed ->
                    writer.consoleIn(vcpu, count, typed.bytes(), 0, typed.bytes().length);
            case Input.NetRx frame ->
                    writer.netRx(
                            vcpu,
                            count,
                            frame.device(),
                            InputEvents.offload(frame.offload()),
                            frame.frame(),
                            0,
                            frame.frame().length);
            case Input.NetCarrier carrier ->
                    writer.link(vcpu, count, carrier.device(), carrier.up());
            case Input.BlockDone done -> write(writer, vcpu, count, done, diskData);
            case Input.Control control -> {
                ControlCommand command = control.command();
                writer.control(vcpu, count, command.name(), command.arguments());
            }
        }
    }

    private static void write(
            EventWriter writer,
            int vcpu,
            long count,
            Input.BlockDone done,
            byte @Nullable [] data) {
        if (data == null) {
            writer.blockDone(vcpu, count, done.device(), done.request(), done.status());
        } else {
            writer.blockDone(
                    vcpu,
                    count,
                    done.device(),
                    done.request(),
                    done.status(),
                    data,
                    0,
                    data.length);
        }
    }
}
