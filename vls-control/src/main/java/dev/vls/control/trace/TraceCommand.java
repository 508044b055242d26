package dev.vls.control.trace;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Looks at traces, and repairs them. */
@Command(
        name = "trace",
        description = "Look at traces, and repair them.",
        subcommands = {
            TraceInfoCommand.class,
            TraceEventsCommand.class,
            TraceExportCommand.class,
            TraceCheckCommand.class,
            TraceRepairCommand.class,
            TraceDiffCommand.class
        })
public final class TraceCommand implements Runnable {
    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
