package dev.vls.control;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What works on the embedded processor without a guest. */
@Command(
        name = "cpu",
        description = "Work with the embedded processor alone.",
        subcommands = {CpuRunCommand.class, CpuDisassembleCommand.class})
final class CpuCommand implements Runnable {
    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
