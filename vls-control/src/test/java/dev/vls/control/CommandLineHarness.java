package dev.vls.control;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** Runs the command within this process, as a user would type it. */
public final class CommandLineHarness {
    public final int exitCode;
    public final String out;
    public final String err;

    private CommandLineHarness(int exitCode, String out, String err) {
        this.exitCode = exitCode;
        this.out = out;
        this.err = err;
    }

    public static CommandLineHarness vls(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine command = Vls.commandLine();
        command.setOut(new PrintWriter(out));
        command.setErr(new PrintWriter(err));
        int exitCode = command.execute(arguments);
        return new CommandLineHarness(exitCode, out.toString(), err.toString());
    }
}
