package dev.vls.control.domain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vls.control.CommandException;
import dev.vls.control.socket.ControlClient;
import dev.vls.control.socket.RuntimeDirectory;
import java.io.PrintWriter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How leaders and followers on this host stand. */
@Command(
        name = "status",
        description = "Show the leaders and followers that run on this host.",
        footer = {
            "",
            "A follower that is in_set may take over: outputs of its leader wait for it.",
            "Events count from 0 in each epoch."
        })
public final class StatusCommand implements Runnable {
    private static final long PATIENCE_SECONDS = 4;

    @Option(names = "--json", description = "Print one JSON object.")
    boolean json;

    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        RuntimeDirectory directory = RuntimeDirectory.ofUser();
        ArrayNode domains = JsonNodeFactory.instance.arrayNode();
        for (String name : directory.names()) {
            ObjectNode status = ask(directory, name);
            if (status != null && status.has("replication")) {
                domains.addObject()
                        .put("name", name)
                        .put("pid", status.path("pid").asLong())
                        .set("replication", status.path("replication"));
            }
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            ObjectNode all = JsonNodeFactory.instance.objectNode();
            all.set("domains", domains);
            out.println(all.toPrettyString());
        } else {
            domains.forEach(domain -> print(out, domain));
        }
        out.flush();
    }

    /** Null if it has died, or does not answer: vls ps says which. */
    private static @Nullable ObjectNode ask(RuntimeDirectory directory, String name) {
        try (ControlClient client = ControlClient.connect(directory, name)) {
            return client.ask(ControlClient.request("status"), PATIENCE_SECONDS);
        } catch (CommandException gone) {
            return null;
        }
    }

    private static void print(PrintWriter out, JsonNode domain) {
        JsonNode pair = domain.path("replication");
        String name = domain.path("name").asText();
        if (pair.path("role").asText().equals("follower")) {
            out.printf(
                    "%s follows epoch %d: %s, received %d, replayed %d%s%n",
                    name,
                    pair.path("epoch").asLong(),
                    pair.path("stage").asText(),
                    pair.path("received").asLong(),
                    pair.path("replayed").asLong(),
                    pair.path("may_take_over").asBoolean() ? ", may take over" : "");
            return;
        }
        out.printf(
                Locale.ROOT,
                "%s leads epoch %d: %d events, %d released, %d bytes of log (%.0f a second), %d bytes in %d outputs held%s%n",
                name,
                pair.path("epoch").asLong(),
                pair.path("published").asLong(),
                pair.path("released").asLong(),
                pair.path("log_bytes").asLong(),
                pair.path("log_bytes_per_second").asDouble(),
                pair.path("held_bytes").asLong(),
                pair.path("held_outputs").asLong(),
                pair.path("arbiter_away").asBoolean() ? ", ARBITER AWAY" : "");
        for (JsonNode follower : pair.path("followers")) {
            out.printf(
                    Locale.ROOT,
                    "  %s %s: received %d, replayed %d, %.1f ms behind%n",
                    follower.path("peer").asText(),
                    follower.path("stage").asText(),
                    follower.path("received").asLong(),
                    follower.path("replayed").asLong(),
                    follower.path("lag_milliseconds").asDouble());
        }
        JsonNode sent = pair.path("last_sent");
        if (!sent.isMissingNode()) {
            out.printf(
                    Locale.ROOT,
                    "  sent last: %d pages in %d rounds, %d behind the instant, stood still for %.1f ms%n",
                    sent.path("pages").asLong(),
                    sent.path("rounds").asLong(),
                    sent.path("pages_behind_instant").asLong(),
                    sent.path("instant_milliseconds").asDouble());
        }
        if (pair.has("take_over_milliseconds")) {
            out.printf(
                    Locale.ROOT,
                    "  took over, and went on %.1f ms behind the arbiter's word%n",
                    pair.path("take_over_milliseconds").asDouble());
        }
    }
}
