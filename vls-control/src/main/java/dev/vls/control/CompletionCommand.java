package dev.vls.control;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints the completion script of bash and zsh. */
@Command(name = "completion", description = "Print a completion script: source <(vls completion)")
final class CompletionCommand implements Runnable {
    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        spec.commandLine().getOut().print(AutoComplete.bash("vls", spec.root().commandLine()));
        spec.commandLine().getOut().flush();
    }
}
