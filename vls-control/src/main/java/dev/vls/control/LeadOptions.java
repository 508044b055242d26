package dev.vls.control;

import dev.vls.replay.wire.Message;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** How a guest is led: what its outputs wait for, and who decides when its leader is lost. */
final class LeadOptions {
    private static final int DETECT_MILLIS_MIN = 20;
    private static final int MILLIS_MAX = 600_000;

    @Option(
            names = "--commit",
            paramLabel = "none|received|replayed",
            defaultValue = "received",
            description = {
                "What outputs wait for: nothing, or that every follower that may take",
                "over has received, or replayed, the log up to them (default: ${DEFAULT-VALUE})."
            })
    Message.Commit commit = Message.Commit.RECEIVED;

    @Option(
            names = "--detect",
            paramLabel = "MS",
            defaultValue = "500",
            description =
                    "Silence after which the other side is lost, in ms (default: ${DEFAULT-VALUE}).")
    int detectMillis;

    @Option(
            names = "--lag",
            paramLabel = "MS",
            defaultValue = "100",
            description =
                    "How far followers may be behind, in ms; then the guest is slowed"
                            + " (default: ${DEFAULT-VALUE}).")
    int lagMillis;

    @Option(
            names = "--arbiter",
            paramLabel = "WHERE",
            description = {
                "Who decides which side leads: zookeeper:HOST:PORT[,HOST:PORT...], local",
                "(processes of one host) or none (default: local on loopback, else none)."
            })
    @Nullable String arbiter;

    /**
     * Checks what picocli does not.
     *
     * @throws ParameterException if an option has a value that it cannot have
     */
    void check(CommandSpec spec) {
        if (detectMillis < DETECT_MILLIS_MIN || detectMillis > MILLIS_MAX) {
            throw new ParameterException(
                    spec.commandLine(), "--detect is to be 20 to 600000 milliseconds");
        }
        if (lagMillis < 1 || lagMillis > MILLIS_MAX) {
            throw new ParameterException(
                    spec.commandLine(), "--lag is to be 1 to 600000 milliseconds");
        }
    }
}
