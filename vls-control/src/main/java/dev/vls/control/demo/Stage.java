package dev.vls.control.demo;

import dev.vls.control.load.Timeline;
import dev.vls.control.report.Chart;
import dev.vls.control.report.HtmlReport;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What the scenes share.
 *
 * @param directory for files
 * @param out where the story is told
 * @param brief whether each part is as short as can be
 */
record Stage(Path directory, PrintWriter out, HtmlReport report, boolean brief) {
    /** The name of a domain of this run. */
    static String domain(String role) {
        return "demo-%d-%s".formatted(ProcessHandle.current().pid(), role);
    }

    /** Tells the story on. */
    void say(String line) {
        out.println(line);
        out.flush();
    }

    /** Starts a command. */
    DemoProcess start(String name, String... arguments) {
        return DemoProcess.start(directory, name, "", List.of(arguments));
    }

    /** Runs a command to its end, which has to be a good one. */
    String run(String name, String input, String... arguments) throws InterruptedException {
        try (DemoProcess process = DemoProcess.start(directory, name, input, List.of(arguments))) {
            process.finish();
            return process.said();
        }
    }

    /** A guest that is led, with a domain of that name. */
    DemoProcess lead(String role, String kernel, String... more) {
        List<String> arguments = new ArrayList<>();
        arguments.addAll(List.of("lead", "--kernel", kernel, "--listen", "127.0.0.1:0"));
        arguments.addAll(List.of("--console", "socket", "--name", domain(role)));
        arguments.addAll(List.of("--timeout", "600"));
        arguments.addAll(List.of(more));
        return DemoProcess.start(directory, role, "", arguments);
    }

    /** What came, a second. */
    static Chart.Series series(String name, Timeline timeline) {
        double seconds = timeline.partNanos() / 1e9;
        return new Chart.Series(
                name,
                0,
                seconds,
                Arrays.stream(timeline.sums()).mapToObj(sum -> sum / seconds).toList());
    }

    Path file(String name) {
        return directory.resolve(name);
    }
}
