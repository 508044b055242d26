package dev.vls.control.domain;

import dev.vls.control.socket.ControlClient;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Recording of guests that run. */
public final class RecordingCommands {
    private RecordingCommands() {}

    @Command(
            name = "attach",
            description = "Begin to record a running guest; the trace begins with its state.")
    public static final class Attach extends DomainCommand {
        @Option(
                names = {"-o", "--output"},
                required = true,
                paramLabel = "TRACE",
                description = "The trace; a file of that name is replaced.")
        String trace = "";

        @Override
        public void run() {
            // The guest's process may be in another directory.
            String path = Path.of(trace).toAbsolutePath().toString();
            ask(ControlClient.request("attach").put("trace", path));
        }
    }

    @Command(name = "detach", description = "End the recording that vls attach began.")
    public static final class Detach extends DomainCommand {
        @Override
        public void run() {
            ask(ControlClient.request("detach"));
        }
    }
}
