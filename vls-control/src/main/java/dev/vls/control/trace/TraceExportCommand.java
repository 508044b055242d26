package dev.vls.control.trace;

import dev.vls.control.CommandException;
import dev.vls.control.ExitCode;
import dev.vls.trace.TraceJson;
import dev.vls.trace.TraceReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes all of a trace but the content of packed files and checkpoints. */
@Command(
        name = "export",
        description = "Write a trace as JSON lines: header, events, attachments, checkpoints.",
        footer = {"", "Of an incomplete trace, what is whole is written; the exit code is then 3."})
final class TraceExportCommand implements Runnable {
    @Parameters(paramLabel = "TRACE", description = "The trace.")
    String name = "";

    @Option(names = "--json", description = "The format; there is no other.")
    boolean json;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Write to FILE (default: standard output).")
    @Nullable String output;

    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        TraceFiles.read(
                name,
                trace -> {
                    if (output == null) {
                        export(trace, spec.commandLine().getOut());
                        spec.commandLine().getOut().flush();
                    } else {
                        exportToFile(trace, output);
                    }
                    TraceFiles.checkComplete(name, trace);
                });
    }

    private static void exportToFile(TraceReader trace, String file) {
        try (Writer writer = Files.newBufferedWriter(Path.of(file), StandardCharsets.UTF_8)) {
            export(trace, writer);
        } catch (IOException e) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "-o %s: cannot be written (%s): choose another file"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }

    private static void export(TraceReader trace, Writer writer) throws IOException {
        try (TraceJson lines = new TraceJson(writer)) {
            lines.export(trace);
        }
    }
}
