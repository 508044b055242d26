package dev.vls.control.trace;

import dev.vls.control.ExitCode;
import dev.vls.trace.EventCursor;
import dev.vls.trace.TraceDiff;
import dev.vls.trace.TraceEvent;
import dev.vls.trace.TraceFormatException;
import dev.vls.trace.TraceJson;
import dev.vls.trace.TraceReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Finds the first event in which two traces differ. */
@Command(
        name = "diff",
        description = "Find the first input or digest in which two traces differ.",
        footer = {"", "The exit code is 0 if they do not differ, 4 if they do."})
final class TraceDiffCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "TRACE", description = "A trace.")
    String left = "";

    @Parameters(index = "1", paramLabel = "OTHER", description = "Another one.")
    String right = "";

    @Option(names = "--json", description = "Print one JSON object.")
    boolean json;

    @Spec CommandSpec spec = CommandSpec.create();

    private int exitCode;

    @Override
    public Integer call() {
        TraceFiles.read(left, a -> TraceFiles.read(right, b -> compareOrBlame(a, b)));
        return exitCode;
    }

    /** Damage is reported with the name of the trace that it is in. */
    private void compareOrBlame(TraceReader a, TraceReader b) throws IOException {
        try {
            compare(a, b);
        } catch (TraceFormatException e) {
            TraceFiles.read(left, TraceDiffCommand::readAll);
            throw e;
        }
    }

    private static void readAll(TraceReader trace) {
        EventCursor events = trace.events();
        while (events.next() != null) {
            // It is the exception that is wanted.
        }
    }

    private void compare(TraceReader a, TraceReader b) throws IOException {
        TraceDiff diff = TraceDiff.of(a, b);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            try (TraceJson lines = new TraceJson(out)) {
                lines.diff(diff);
            }
        } else {
            print(out, diff);
        }
        out.flush();
        if (diff.same()) {
            TraceFiles.checkComplete(left, a);
            TraceFiles.checkComplete(right, b);
        } else {
            exitCode = ExitCode.DIVERGENCE;
        }
    }

    private static void print(PrintWriter out, TraceDiff diff) {
        for (String member : diff.headerMembers()) {
            out.println("the headers differ in " + member);
        }
        if (diff.left() == null && diff.right() == null) {
            out.println("no difference in " + diff.event() + " events");
        } else {
            out.println("the first difference is in event " + diff.event());
            out.println("< " + side(diff.event(), diff.left()));
            out.println("> " + side(diff.event(), diff.right()));
        }
    }

    private static String side(long number, @Nullable TraceEvent event) {
        return event == null ? "the trace ends" : Printable.of(number, event);
    }
}
