package dev.vls.control;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Disk images, apart from any guest. */
@Command(
        name = "disk",
        description = "Make and convert disk images.",
        subcommands = {DiskCreateCommand.class, DiskConvertCommand.class})
final class DiskCommand implements Runnable {
    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
