package dev.vls.control.trace;

import dev.vls.trace.TraceFormatException;
import dev.vls.trace.TraceHeader;
import dev.vls.trace.TraceJson;
import dev.vls.trace.TraceReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says what a trace was recorded from, and what is in it. */
@Command(
        name = "info",
        description = "Print what a trace was recorded from and what is in it.",
        footer = {"", "An incomplete trace is no error here; the state says so."})
final class TraceInfoCommand implements Runnable {
    @Parameters(paramLabel = "TRACE", arity = "1..*", description = "The traces.")
    List<String> traces = new ArrayList<>();

    @Option(names = "--json", description = "Print one JSON object for each, on one line.")
    boolean json;

    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        for (String name : traces) {
            TraceFiles.read(name, trace -> print(out, name, trace));
            out.flush();
        }
    }

    private void print(PrintWriter out, String name, TraceReader trace) throws IOException {
        if (json) {
            try (TraceJson lines = new TraceJson(out)) {
                lines.info(name, trace);
            }
            return;
        }
        TraceHeader header = trace.header();
        line(out, "trace", name);
        line(out, "state", state(trace));
        line(out, "recorded by", header.tool());
        line(out, "start", header.start());
        printFile(out, "kernel", header.kernel());
        printFile(out, "ramdisk", header.ramdisk());
        header.disks().forEach(disk -> printFile(out, "disk", disk));
        line(out, "command line", header.cmdline());
        line(out, "memory", header.memoryBytes() + " bytes");
        line(out, "vcpus", Integer.toString(header.vcpus()));
        line(
                out,
                "clock",
                "%s, shift %d, seed %d"
                        .formatted(
                                header.clock().source(),
                                header.clock().shift(),
                                header.clock().seed()));
        for (TraceHeader.Device device : header.devices()) {
            line(out, "device", device.type() + " " + device.name() + " " + device.settings());
        }
        line(out, "bytes", Long.toString(trace.size()));
        line(out, "events", Long.toString(trace.eventCount()));
        trace.chunkTotals()
                .forEach(
                        (type, total) ->
                                line(
                                        out,
                                        type.name().toLowerCase(Locale.ROOT) + " chunks",
                                        "%d, %d bytes".formatted(total.chunks(), total.bytes())));
        for (TraceReader.Attachment packed : trace.attachments()) {
            line(
                    out,
                    "packed",
                    "%s, %d of %d bytes"
                            .formatted(packed.name(), packed.packedBytes(), packed.size()));
        }
        for (TraceReader.Checkpoint checkpoint : trace.checkpoints()) {
            line(
                    out,
                    "checkpoint",
                    "%d, after %d events, icount %s"
                            .formatted(
                                    checkpoint.number(), checkpoint.events(), checkpoint.counts()));
        }
    }

    private static String state(TraceReader trace) {
        TraceFormatException incomplete = trace.incomplete();
        if (incomplete != null) {
            return "incomplete: " + incomplete.getMessage();
        }
        return trace.repaired() ? "sealed by repair" : "sealed";
    }

    private static void printFile(
            PrintWriter out, String what, TraceHeader.@Nullable GuestFile file) {
        if (file != null) {
            line(
                    out,
                    what,
                    "%s, %d bytes, sha256 %s%s"
                            .formatted(
                                    file.name(),
                                    file.size(),
                                    file.sha256(),
                                    file.attachment() == null ? "" : ", packed"));
        }
    }

    private static void line(PrintWriter out, String what, String value) {
        out.printf("%-18s %s%n", what, Printable.of(value));
    }
}
