package dev.vls.control;

import dev.vls.control.pair.HostPort;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Waits for a guest that vls migrate sends, and runs it. */
@Command(
        name = "receive",
        description = "Wait for a guest that vls migrate sends, and run it to its end.",
        footer = {"", "Exit codes: those of vls follow."})
final class ReceiveCommand implements Callable<Integer> {
    @Option(
            names = "--listen",
            required = true,
            paramLabel = "HOST:PORT",
            converter = HostPort.Converter.class,
            description = "Where the guest comes to, and followers once it is here.")
    HostPort listen = new HostPort("127.0.0.1", 0);

    @Mixin FollowOptions options = new FollowOptions();
    @ParentCommand @Nullable Vls vls;
    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        options.check(spec);
        return new FollowRun(
                        options,
                        null,
                        true,
                        listen,
                        null,
                        spec.commandLine().getErr(),
                        vls != null && vls.verbose)
                .run();
    }
}
