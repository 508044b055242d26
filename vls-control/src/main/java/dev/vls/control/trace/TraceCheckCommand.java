package dev.vls.control.trace;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.vls.control.CommandException;
import dev.vls.control.ExitCode;
import dev.vls.trace.EventCursor;
import dev.vls.trace.PackedFiles;
import dev.vls.trace.TraceReader;
import dev.vls.trace.verify.TraceVerifier;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Checks every byte of traces, by two programs that share no code. */
@Command(
        name = "check",
        description = "Check every byte of traces: sealed, whole, and as the format says.",
        footer = {
            "",
            "The exit code is 0 if all are, 3 at the first that is not.",
            "Digests within a trace are compared by replaying it."
        })
final class TraceCheckCommand implements Runnable {
    @Parameters(paramLabel = "TRACE", arity = "1..*", description = "The traces.")
    List<String> traces = new ArrayList<>();

    @Option(names = "--json", description = "Print one JSON object for each, on one line.")
    boolean json;

    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        for (String name : traces) {
            TraceFiles.read(name, trace -> readAll(name, trace));
            TraceVerifier.Report report = TraceFiles.withFile(name, TraceVerifier::verify);
            if (report.fault() != null) {
                throw failure(
                        name,
                        "offset %d: %s: record it again"
                                .formatted(report.offset(), report.fault()));
            }
            print(name, report);
        }
    }

    private static void readAll(String name, TraceReader trace) {
        TraceFiles.checkComplete(name, trace);
        EventCursor events = trace.events();
        while (events.next() != null) {
            // Reading is the check.
        }
        trace.checkpoints();
        List<String> problems = PackedFiles.check(trace);
        if (!problems.isEmpty()) {
            throw failure(name, problems.getFirst() + ": record it again");
        }
    }

    private static CommandException failure(String name, String problem) {
        return new CommandException(
                ExitCode.UNUSABLE_INPUT,
                "trace " + Printable.of(name) + ": " + Printable.of(problem));
    }

    private void print(String name, TraceVerifier.Report report) {
        PrintWriter out = spec.commandLine().getOut();
        long events = report.events().values().stream().mapToLong(Long::longValue).sum();
        if (json) {
            try (JsonGenerator generator = new JsonFactory().createGenerator(out)) {
                generator.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
                generator.writeStartObject();
                generator.writeStringField("trace", name);
                generator.writeBooleanField("ok", true);
                generator.writeBooleanField("repaired", report.repaired());
                generator.writeNumberField("chunks", report.chunks());
                generator.writeNumberField("checkpoints", report.checkpoints());
                generator.writeObjectFieldStart("events");
                for (Map.Entry<String, Long> kind : report.events().entrySet()) {
                    generator.writeNumberField(kind.getKey(), kind.getValue());
                }
                generator.writeEndObject();
                generator.writeEndObject();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            out.println();
        } else {
            out.printf(
                    "%s: good: %d chunks, %d events%s%n",
                    Printable.of(name),
                    report.chunks(),
                    events,
                    report.repaired() ? ", sealed by repair" : "");
        }
        out.flush();
    }
}
