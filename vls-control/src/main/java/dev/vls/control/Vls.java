package dev.vls.control;

import dev.vls.control.demo.DemoCommand;
import dev.vls.control.domain.ConsoleCommand;
import dev.vls.control.domain.LifeCycleCommands;
import dev.vls.control.domain.LogCommand;
import dev.vls.control.domain.MigrateCommand;
import dev.vls.control.domain.PsCommand;
import dev.vls.control.domain.RecordingCommands;
import dev.vls.control.domain.ShutdownCommands;
import dev.vls.control.domain.StatusCommand;
import dev.vls.control.domain.XenstoreCommands;
import dev.vls.control.load.LoadCommand;
import dev.vls.control.report.ReportCommand;
import dev.vls.control.trace.TraceCommand;
import dev.vls.machine.domain.KernelImageException;
import dev.vls.machine.hypervisor.CpuidPolicyException;
import dev.vls.machine.image.ImageException;
import dev.vls.machine.memory.HostMemoryException;
import dev.vls.replay.ReplayException;
import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code vls} command: finds the subcommand, and turns what goes wrong into one line. */
@Command(
        name = "vls",
        description = "Runs Xen paravirtual guests on an x86-64 machine in pure Java.",
        subcommands = {
            DemoCommand.class,
            RunCommand.class,
            LeadCommand.class,
            FollowCommand.class,
            ReceiveCommand.class,
            KeysCommand.class,
            ArbiterCommand.class,
            MigrateCommand.class,
            StatusCommand.class,
            SnapshotCommand.class,
            RecordCommand.class,
            ReplayCommand.class,
            PsCommand.class,
            ConsoleCommand.class,
            ShutdownCommands.Shutdown.class,
            ShutdownCommands.Reboot.class,
            LifeCycleCommands.Pause.class,
            LifeCycleCommands.Unpause.class,
            LifeCycleCommands.Suspend.class,
            LifeCycleCommands.Resume.class,
            LifeCycleCommands.Destroy.class,
            LifeCycleCommands.Crash.class,
            LifeCycleCommands.Sysrq.class,
            LifeCycleCommands.Nmi.class,
            LifeCycleCommands.Balloon.class,
            LifeCycleCommands.Vcpus.class,
            XenstoreCommands.Ls.class,
            XenstoreCommands.Read.class,
            XenstoreCommands.Write.class,
            XenstoreCommands.Remove.class,
            LogCommand.class,
            RecordingCommands.Attach.class,
            RecordingCommands.Detach.class,
            SwitchCommand.class,
            LoadCommand.class,
            ReportCommand.class,
            DiskCommand.class,
            TraceCommand.class,
            CpuCommand.class,
            CompletionCommand.class
        },
        versionProvider = VersionProvider.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Exit codes: 0 done, 1 the guest or the check failed, 2 wrong usage,",
            "3 unusable input, 4 divergence, 5 guest, peer or host unreachable."
        })
public final class Vls implements Runnable {

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version and exit.")
    boolean version;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help and exit.")
    boolean help;

    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "Say more: stack traces with errors, the hypervisor's remarks.")
    boolean verbose;

    @Spec CommandSpec spec;

    /** Created by picocli, which fills the fields. */
    Vls() {
        spec = CommandSpec.create();
    }

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** The command as a user meets it, for {@link #main} and for who calls it in this JVM. */
    public static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new Vls());
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setParameterExceptionHandler(Vls::reportUsage);
        commandLine.setExecutionExceptionHandler(Vls::reportFailure);
        return commandLine;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    private static int reportUsage(ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        String message = firstLine(String.valueOf(e.getMessage()));
        if (e instanceof UnmatchedArgumentException unmatched) {
            var suggestions = unmatched.getSuggestions();
            message +=
                    suggestions.isEmpty() ? "" : ", did you mean " + suggestions.getFirst() + "?";
        }
        command.getErr().println(name + ": " + message + ": see " + name + " --help");
        return ExitCode.USAGE;
    }

    private static int reportFailure(Exception e, CommandLine command, ParseResult result) {
        int exitCode =
                switch (e) {
                    case CommandException known -> known.exitCode;
                    case KernelImageException kernel -> ExitCode.UNUSABLE_INPUT;
                    case ImageException image -> ExitCode.UNUSABLE_INPUT;
                    case CpuidPolicyException policy -> ExitCode.UNUSABLE_INPUT;
                    case HostMemoryException memory -> ExitCode.USAGE;
                    case ReplayException replay -> ExitCode.UNUSABLE_INPUT;
                    default -> -1;
                };
        PrintWriter err = command.getErr();
        if (exitCode < 0) {
            // A defect of this program: whoever sees it needs all of it.
            err.println("vls: internal error, please report it with what follows");
            err.print(stackTrace(e));
            err.flush();
            return ExitCode.FAILED;
        }
        err.println("vls: " + e.getMessage());
        if (command.getCommandSpec().root().userObject() instanceof Vls vls && vls.verbose) {
            err.print(stackTrace(e));
        }
        err.flush();
        return exitCode;
    }

    private static String stackTrace(Exception e) {
        StringWriter text = new StringWriter();
        e.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("");
    }
}
