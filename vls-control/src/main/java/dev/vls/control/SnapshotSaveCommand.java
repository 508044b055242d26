package dev.vls.control;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vls.control.socket.ControlClient;
import dev.vls.control.socket.RuntimeDirectory;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Saves a running guest, which goes on. */
@Command(
        name = "save",
        description = {
            "Save a running guest to a directory; it goes on.",
            "Its writable disks stay as they are from then on: what it writes later",
            "goes into differencing images in the directory."
        })
final class SnapshotSaveCommand implements Callable<Integer> {
    private static final long PATIENCE_SECONDS = 3600;

    @Parameters(index = "0", paramLabel = "DOMAIN", description = "Its name, as vls ps shows it.")
    String domain = "";

    @Parameters(index = "1", paramLabel = "DIR", description = "A directory, made if it is none.")
    String directory = "";

    @Option(names = "--json", description = "Print one JSON object.")
    boolean json;

    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        ObjectNode request =
                ControlClient.request("snapshot")
                        .put("directory", Path.of(directory).toAbsolutePath().toString());
        try (ControlClient client = ControlClient.connect(RuntimeDirectory.ofUser(), domain)) {
            ObjectNode answer = client.ask(request, PATIENCE_SECONDS);
            answer.remove("ok");
            if (json) {
                spec.commandLine().getOut().println(answer);
            } else {
                spec.commandLine()
                        .getOut()
                        .println(
                                String.format(
                                        Locale.ROOT,
                                        "%s saved at instruction %d; the guest stood still for %.1f ms",
                                        answer.path("guid").asText(),
                                        answer.path("instructions").asLong(),
                                        answer.path("pause_milliseconds").asDouble()));
            }
            spec.commandLine().getOut().flush();
        }
        return ExitCode.DONE;
    }
}
