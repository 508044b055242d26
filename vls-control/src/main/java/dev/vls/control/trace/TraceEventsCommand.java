package dev.vls.control.trace;

import dev.vls.trace.EventCursor;
import dev.vls.trace.TraceEvent;
import dev.vls.trace.TraceJson;
import dev.vls.trace.TraceReader;
import java.io.IOException;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists the inputs and digests of a trace. */
@Command(
        name = "events",
        description = "List the inputs and digests of a trace, with their places.",
        footer = {"", "Of an incomplete trace, what is whole is listed; the exit code is then 3."})
final class TraceEventsCommand implements Runnable {
    @Parameters(paramLabel = "TRACE", description = "The trace.")
    String name = "";

    @Option(names = "--json", description = "Print one JSON object a line.")
    boolean json;

    @Option(
            names = "--from",
            paramLabel = "N",
            defaultValue = "0",
            description = "Begin with event N, counted from 0.")
    long from;

    @Option(
            names = "--from-icount",
            paramLabel = "ICOUNT",
            description = "Begin with the first event of the vCPU at ICOUNT or later.")
    @Nullable Long fromInstructionCount;

    @Option(
            names = "--vcpu",
            paramLabel = "V",
            defaultValue = "0",
            description = "The vCPU of --from-icount (default: ${DEFAULT-VALUE}).")
    int vcpu;

    @Option(names = "--count", paramLabel = "N", description = "List N events at most.")
    long count = Long.MAX_VALUE;

    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        if (from < 0 || count < 0) {
            throw usage("--from and --count are not to be negative");
        }
        TraceFiles.read(
                name,
                trace -> {
                    print(trace);
                    TraceFiles.checkComplete(name, trace);
                });
    }

    private void print(TraceReader trace) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        EventCursor events = cursor(trace);
        try (TraceJson lines = new TraceJson(out)) {
            for (long i = 0; i < count; i++) {
                long number = events.nextEvent();
                TraceEvent event = events.next();
                if (event == null) {
                    break;
                }
                if (json) {
                    lines.event(number, event);
                } else {
                    out.println(Printable.of(number, event));
                }
            }
        } finally {
            out.flush();
        }
    }

    private EventCursor cursor(TraceReader trace) {
        if (fromInstructionCount == null) {
            return trace.eventsFrom(from);
        }
        if (vcpu < 0 || vcpu >= trace.header().vcpus()) {
            throw usage("--vcpu " + vcpu + ": the trace has " + trace.header().vcpus());
        }
        return trace.eventsFrom(vcpu, fromInstructionCount);
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
