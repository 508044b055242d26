package dev.vls.replay;

import dev.vls.trace.Bytes;
import dev.vls.trace.EventCursor;
import dev.vls.trace.TraceEvent;
import dev.vls.trace.TraceReader;
import dev.vls.trace.TraceWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/** A sealed trace that is another one but for some events. */
final class ChangedTrace {
    private ChangedTrace() {}

    /**
     * Writes a trace.
     *
     * @param change gives what takes an event's place; what goes back is left out, as the format
     *     has no way to say it
     */
    static void write(Path from, Path to, Function<TraceEvent, List<TraceEvent>> change) {
        try (TraceReader reader = TraceReader.open(from);
                TraceWriter writer = TraceWriter.create(to, reader.header())) {
            long[] counts = new long[reader.header().vcpus()];
            EventCursor events = reader.events();
            for (TraceEvent event = events.next(); event != null; event = events.next()) {
                for (TraceEvent changed : change.apply(event)) {
                    if (changed.instructionCount() >= counts[changed.vcpu()]) {
                        write(writer, changed);
                        counts[changed.vcpu()] = changed.instructionCount();
                    }
                }
            }
            writer.seal();
        }
    }

    static void write(TraceWriter writer, TraceEvent event) {
        int vcpu = event.vcpu();
        long count = event.instructionCount();
        switch (event) {
            case TraceEvent.Clock e -> writer.clock(vcpu, count, e.nanoseconds());
            case TraceEvent.ConsoleIn e -> {
                byte[] data = e.data().toArray();
                writer.consoleIn(vcpu, count, data, 0, data.length);
            }
            case TraceEvent.NetRx e -> {
                byte[] frame = e.frame().toArray();
                writer.netRx(vcpu, count, e.device(), e.offload(), frame, 0, frame.length);
            }
            case TraceEvent.BlockDone e -> blockDone(writer, e);
            case TraceEvent.Control e -> writer.control(vcpu, count, e.command(), e.argument());
            case TraceEvent.Link e -> writer.link(vcpu, count, e.device(), e.carrier());
            case TraceEvent.End e -> writer.end(vcpu, count, e.reason(), e.digest().toArray());
            case TraceEvent.Digest e ->
                    writer.digest(
                            vcpu,
                            count,
                            e.outputs().toArray(),
                            e.vcpus().toArray(),
                            e.memory().toArray());
        }
    }

    private static void blockDone(TraceWriter writer, TraceEvent.BlockDone done) {
        int vcpu = done.vcpu();
        long count = done.instructionCount();
        Bytes data = done.data();
        if (data == null) {
            writer.blockDone(vcpu, count, done.device(), done.request(), done.status());
        } else {
            byte[] read = data.toArray();
            writer.blockDone(
                    vcpu,
                    count,
                    done.device(),
                    done.request(),
                    done.status(),
                    read,
                    0,
                    read.length);
        }
    }
}
