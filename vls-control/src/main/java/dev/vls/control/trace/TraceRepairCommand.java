package dev.vls.control.trace;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.vls.trace.TraceFormatException;
import dev.vls.trace.TraceRepair;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Seals what a crash or a full disk left. */
@Command(
        name = "repair",
        description = "Seal a trace that a crash or a full disk left incomplete.",
        footer = {
            "",
            "What is whole is kept. Without -o only a torn tail is cut off; damage with",
            "something whole behind it is cut off in a copy only."
        })
final class TraceRepairCommand implements Runnable {
    @Parameters(paramLabel = "TRACE", description = "The trace.")
    String name = "";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "COPY",
            description = "Write the sealed trace to COPY, and leave TRACE alone.")
    @Nullable String output;

    @Option(names = "--json", description = "Print one JSON object.")
    boolean json;

    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        TraceRepair.Outcome outcome = TraceFiles.withFile(name, this::repair);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            printJson(out, outcome);
        } else {
            out.println(Printable.of(output == null ? name : output) + ": " + text(outcome));
        }
        out.flush();
    }

    private TraceRepair.Outcome repair(Path path) {
        return output == null ? TraceRepair.inPlace(path) : TraceRepair.copy(path, Path.of(output));
    }

    private static String text(TraceRepair.Outcome outcome) {
        TraceFormatException reason = outcome.reason();
        return reason == null
                ? "%d events, nothing to repair".formatted(outcome.events())
                : "sealed with %d events, %d bytes cut off (%s)"
                        .formatted(outcome.events(), outcome.lostBytes(), reason.getMessage());
    }

    private static void printJson(PrintWriter out, TraceRepair.Outcome outcome) {
        TraceFormatException reason = outcome.reason();
        try (JsonGenerator generator = new JsonFactory().createGenerator(out)) {
            generator.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            generator.writeStartObject();
            generator.writeBooleanField("repaired", reason != null);
            generator.writeNumberField("events", outcome.events());
            generator.writeNumberField("lost_bytes", outcome.lostBytes());
            if (reason != null) {
                generator.writeStringField("reason", reason.getMessage());
            }
            generator.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        out.println();
    }
}
