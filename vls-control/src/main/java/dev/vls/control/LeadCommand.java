package dev.vls.control;

import dev.vls.control.pair.HostPort;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Boots a PV guest, runs it to its end, and lets followers replay it. */
@Command(
        name = "lead",
        description = "Boot a PV guest and run it to its end, with followers that replay it.",
        footer = {
            "",
            "Exit codes: those of vls run; 1 also if another leader goes on for the guest."
        })
final class LeadCommand implements Callable<Integer> {
    @Option(
            names = "--listen",
            required = true,
            paramLabel = "HOST:PORT",
            converter = HostPort.Converter.class,
            description = "Where followers come to.")
    HostPort listen = new HostPort("127.0.0.1", 0);

    @Option(
            names = {"-o", "--output"},
            paramLabel = "TRACE",
            description =
                    "Keep the log on this side as well: a trace, as vls record makes it; a file"
                            + " of that name is replaced.")
    @Nullable String trace;

    @Mixin RunOptions options = new RunOptions();
    @Mixin LeadOptions lead = new LeadOptions();
    @ParentCommand @Nullable Vls vls;
    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        options.check(spec);
        lead.check(spec);
        if (options.engine == LiveEngine.LOCKSTEP) {
            throw new ParameterException(
                    spec.commandLine(),
                    "a guest in lockstep cannot be led: choose another --engine");
        }
        return new LeadRun(
                        options,
                        lead,
                        listen,
                        trace,
                        spec.commandLine().getErr(),
                        vls != null && vls.verbose)
                .run();
    }
}
