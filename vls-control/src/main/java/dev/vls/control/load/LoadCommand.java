package dev.vls.control.load;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Clients of guests. */
@Command(
        name = "load",
        description = "Talk to a guest as its clients do, and say how long it was silent.",
        subcommands = {LedgerLoad.class, WebLoad.class, ArenaLoad.class, ProbeLoad.class})
public final class LoadCommand implements Runnable {
    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a client is missing");
    }
}
