package dev.vls.control;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Boots a PV guest and runs it to its end. */
@Command(
        name = "run",
        description = "Boot a PV guest and run it to its end.",
        footer = {
            "",
            "Exit codes: 0 the guest shut down or ran for --max-instructions, 1 it",
            "crashed or --timeout ended it, 2 wrong usage, 3 an unusable kernel,",
            "ramdisk or disk, 130 Ctrl-C."
        })
final class RunCommand implements Callable<Integer> {
    @Mixin RunOptions options = new RunOptions();
    @ParentCommand @Nullable Vls vls;
    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        options.check(spec);
        return new LiveRun(options, spec.commandLine().getErr(), vls != null && vls.verbose)
                .run(null);
    }
}
