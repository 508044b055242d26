package dev.vls.control.demo;

import dev.vls.control.CommandException;
import dev.vls.control.ExitCode;
import dev.vls.control.report.HtmlReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The main job end to end. */
@Command(
        name = "demo",
        description = {
            "Show what this is for, in a minute or two: record, replay and verify; follow a guest,",
            "kill its leader and go on; move a guest, semi-actively beside pre-copy."
        },
        footer = {"", "Exit codes: 0 all was as it should be, 1 something was not, 4 divergence."})
public final class DemoCommand implements Callable<Integer> {
    @Option(
            names = "-o",
            paramLabel = "FILE",
            defaultValue = "vls-demo.html",
            description = "The report (default: ${DEFAULT-VALUE}).")
    Path output = Path.of("");

    @Option(
            names = "--keep",
            paramLabel = "DIR",
            description = "Leave the trace, and what each process said, in this directory.")
    @Nullable Path keep;

    @Option(
            names = "--brief",
            description = "Do each part as briefly as can be, to see that it works.")
    boolean brief;

    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        Path directory = directory();
        long start = System.nanoTime();
        try {
            HtmlReport report = new HtmlReport("vls demo");
            Stage stage = new Stage(directory, spec.commandLine().getOut(), report, brief);
            new RecordScene(stage).play();
            new TakeOverScene(stage).play();
            new MigrationScene(stage).play();
            report.write(output);
            stage.say(
                    "All of it went as it should, in %.0f s. The report: %s"
                            .formatted((System.nanoTime() - start) / 1e9, output));
            return ExitCode.DONE;
        } catch (IOException e) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "-o %s: cannot be written (%s): choose another file"
                            .formatted(output, e.getMessage()),
                    e);
        } finally {
            if (keep == null) {
                remove(directory);
            }
        }
    }

    private Path directory() {
        try {
            return keep == null
                    ? Files.createTempDirectory("vls-demo")
                    : Files.createDirectories(keep);
        } catch (IOException e) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "--keep %s: cannot be made (%s): choose another directory"
                            .formatted(keep, e.getMessage()),
                    e);
        }
    }

    private static void remove(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            // It is in the directory for temporary files.
            return;
        }
    }
}
