package dev.vls.control.domain;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vls.control.CommandException;
import dev.vls.control.ExitCode;
import dev.vls.control.socket.ControlClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Asks the guest to end, and waits for it if wanted. */
public final class ShutdownCommands {
    private ShutdownCommands() {}

    /** The request itself differs. */
    abstract static class Request extends DomainCommand {
        @Option(names = "--wait", description = "Wait until the guest has ended.")
        boolean wait;

        @Option(
                names = "--timeout",
                paramLabel = "S",
                defaultValue = "300",
                description = "With --wait: S seconds at most (default: ${DEFAULT-VALUE}).")
        int timeoutSeconds;

        private final String request;

        Request(String request) {
            this.request = request;
        }

        @Override
        public void run() {
            if (timeoutSeconds < 1) {
                throw usage("--timeout is to be 1 or more");
            }
            if (!wait) {
                control(request);
                return;
            }
            // Connected before the guest is asked, or it might have gone by then.
            try (ControlClient waiting = connect()) {
                control(request);
                ObjectNode end = waiting.tryAsk(ControlClient.request("wait"), timeoutSeconds);
                if (end == null) {
                    throw new CommandException(
                            ExitCode.FAILED,
                            "domain %s: still running after %d s: vls destroy %s ends it"
                                    .formatted(domain, timeoutSeconds, domain));
                }
                if (end.path("code").asInt() != ExitCode.DONE) {
                    throw new CommandException(
                            ExitCode.FAILED,
                            "domain %s: it ended otherwise: %s"
                                    .formatted(domain, end.path("exit").asText()));
                }
            }
        }
    }

    @Command(name = "shutdown", description = "Ask a guest to power off.")
    public static final class Shutdown extends Request {
        Shutdown() {
            super("shutdown poweroff");
        }
    }

    @Command(name = "reboot", description = "Ask a guest to reboot.")
    public static final class Reboot extends Request {
        Reboot() {
            super("shutdown reboot");
        }
    }
}
