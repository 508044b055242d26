package dev.vls.control.report;

import dev.vls.control.CommandException;
import dev.vls.control.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a page of what clients saw. */
@Command(
        name = "report",
        description = "Make one HTML file of what vls load measured.",
        sortOptions = false)
public final class ReportCommand implements Runnable {
    @Option(
            names = "-o",
            required = true,
            paramLabel = "FILE",
            description = "The page; a file of that name is replaced.")
    Path output = Path.of("");

    @Option(
            names = "--title",
            paramLabel = "T",
            defaultValue = "What clients saw",
            description = "Its title (default: ${DEFAULT-VALUE}).")
    String title = "";

    @Option(
            names = "--mark",
            paramLabel = "SECONDS=LABEL",
            description = "A moment to be marked in every chart, such as a take-over; repeated.")
    List<String> marks = new ArrayList<>();

    @Parameters(
            arity = "1..*",
            paramLabel = "[NAME=]FILE",
            description =
                    "Files of vls load --json. Those of one kind of client share a chart, one beside the other.")
    List<String> files = new ArrayList<>();

    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        List<Chart.Mark> given = new ArrayList<>();
        for (String mark : marks) {
            given.add(mark(mark));
        }
        Map<String, List<LoadFile>> kinds = new LinkedHashMap<>();
        HtmlReport report = new HtmlReport(title);
        for (String file : files) {
            LoadFile load = LoadFile.read(file);
            load.addFigures(report);
            kinds.computeIfAbsent(load.kind(), kind -> new ArrayList<>()).add(load);
        }
        kinds.forEach((kind, loads) -> report.chart(chart(kind, loads, given)));
        try {
            report.write(output);
        } catch (IOException e) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "-o %s: cannot be written (%s): choose another file"
                            .formatted(output, e.getMessage()),
                    e);
        }
    }

    private static Chart chart(String kind, List<LoadFile> loads, List<Chart.Mark> given) {
        List<Chart.Mark> all = new ArrayList<>(given);
        loads.forEach(load -> all.add(load.silence()));
        return new Chart(
                kind,
                loads.getFirst().unit() + " a second",
                loads.stream().map(LoadFile::series).toList(),
                all);
    }

    private Chart.Mark mark(String text) {
        int equals = text.indexOf('=');
        try {
            double seconds = Double.parseDouble(text.substring(0, Math.max(equals, 0)));
            if (seconds >= 0 && seconds < 1e6) {
                return new Chart.Mark(seconds, text.substring(equals + 1));
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new ParameterException(
                spec.commandLine(), "--mark %s: is not SECONDS=LABEL".formatted(text));
    }
}
