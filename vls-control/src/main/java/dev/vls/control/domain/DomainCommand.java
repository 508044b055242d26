package dev.vls.control.domain;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vls.control.socket.ControlClient;
import dev.vls.control.socket.RuntimeDirectory;
import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What commands to one running guest have in common. */
abstract class DomainCommand implements Runnable {
    @Parameters(index = "0", paramLabel = "DOMAIN", description = "Its name, as vls ps shows it.")
    String domain = "";

    @Spec CommandSpec spec = CommandSpec.create();

    ControlClient connect() {
        return ControlClient.connect(RuntimeDirectory.ofUser(), domain);
    }

    /** Sends one request on a connection of its own. */
    ObjectNode ask(ObjectNode request) {
        try (ControlClient client = connect()) {
            return client.ask(request, ControlClient.PATIENCE_SECONDS);
        }
    }

    /** Sends a command to the machine, as docs/spec/determinism.md lists them. */
    void control(String text) {
        ask(ControlClient.request("control").put("text", text));
    }

    ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
