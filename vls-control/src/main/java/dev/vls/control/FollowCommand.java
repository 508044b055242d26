package dev.vls.control;

import dev.vls.control.pair.HostPort;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Replays a guest behind its leader, and goes on for it. */
@Command(
        name = "follow",
        description = "Replay a guest behind its leader, and take over when that is lost.",
        footer = {
            "",
            "Exit codes: 0 the guest has ended, 4 the replay is another run, 5 the",
            "leader cannot be reached or is lost; behind a take-over those of vls lead."
        })
final class FollowCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "HOST:PORT",
            converter = HostPort.Converter.class,
            description = "Where the leader listens.")
    HostPort leader = new HostPort("127.0.0.1", 0);

    @Option(names = "--take-over", description = "Go on for a leader that is lost.")
    boolean takeOver;

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            converter = HostPort.Converter.class,
            description =
                    "Where followers come to once this side leads (default: a free port of loopback).")
    HostPort listen = new HostPort("127.0.0.1", 0);

    @Option(
            names = {"-o", "--output"},
            paramLabel = "TRACE",
            description = {
                "Record this side's replay: a trace that begins where the guest has come. The",
                "replay then begins when all of memory is there."
            })
    @Nullable String trace;

    @Mixin FollowOptions options = new FollowOptions();
    @ParentCommand @Nullable Vls vls;
    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        options.check(spec);
        return new FollowRun(
                        options,
                        leader,
                        takeOver,
                        listen,
                        trace,
                        spec.commandLine().getErr(),
                        vls != null && vls.verbose)
                .run();
    }
}
