package dev.vls.control;

import dev.vls.control.socket.RuntimeDirectory;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** What a live guest is connected to on its host, and how long it runs, booted or restored. */
final class HostOptions {
    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "What other commands call the guest (default: guest-PID).")
    @Nullable String name;

    @Option(
            names = "--net",
            paramLabel = "tap=IF|socket=PATH",
            converter = NetworkTarget.Converter.class,
            description = {
                "A network interface, plugged into a TAP interface or a stream socket",
                "as of passt or QEMU; with ,listen as server, ,mac=MAC. Repeatable."
            })
    List<NetworkTarget> networks = new ArrayList<>();

    @Option(
            names = "--console",
            paramLabel = "WHERE",
            defaultValue = "stdio",
            converter = ConsoleTarget.Converter.class,
            description =
                    "The guest's console: stdio, file=F, socket (only vls console) or none"
                            + " (default: ${DEFAULT-VALUE}).")
    ConsoleTarget console = new ConsoleTarget.None();

    @Option(names = "--timeout", paramLabel = "S", description = "Give up after S seconds.")
    @Nullable Double timeoutSeconds;

    @Option(
            names = "--max-instructions",
            paramLabel = "N",
            description = "Stop after N instructions in all, those before a snapshot included.")
    @Nullable Long maxInstructions;

    @Option(
            names = "--stats",
            paramLabel = "F",
            description = "Write statistics to F, one JSON object.")
    @Nullable String statistics;

    /**
     * Checks what picocli does not.
     *
     * @throws ParameterException if an option has a value that it cannot have
     */
    void check(CommandSpec spec) {
        if (name != null && !RuntimeDirectory.isName(name)) {
            throw usage(spec, "--name is to be 1 to 48 letters, digits, dots, - and _");
        }
        if (timeoutSeconds != null && !(timeoutSeconds > 0)) {
            throw usage(spec, "--timeout is to be more than 0");
        }
        if (maxInstructions != null && maxInstructions <= 0) {
            throw usage(spec, "--max-instructions is to be more than 0");
        }
    }

    private static ParameterException usage(CommandSpec spec, String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
