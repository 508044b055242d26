package dev.vls.control.domain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vls.control.pair.HostPort;
import dev.vls.control.socket.ControlClient;
import dev.vls.migration.Strategy;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Moves a guest to another process. */
@Command(
        name = "migrate",
        description = "Move a running guest to where vls receive waits for it.",
        footer = {
            "",
            "Exit codes: 0 it goes on there, 1 it cannot be moved, 5 the other side",
            "cannot be reached or has left; the guest goes on here then."
        })
public final class MigrateCommand extends DomainCommand {
    private static final long PATIENCE_SECONDS = 700;

    @Parameters(
            index = "1",
            paramLabel = "HOST:PORT",
            converter = HostPort.Converter.class,
            description = "Where vls receive listens.")
    HostPort to = new HostPort("127.0.0.1", 0);

    @Option(
            names = "--strategy",
            paramLabel = "semi-active|pre-copy|stop-and-copy",
            defaultValue = "semi-active",
            description = "How (default: ${DEFAULT-VALUE}).")
    String strategy = Strategy.SEMI_ACTIVE.toString();

    @Option(
            names = "--keys",
            paramLabel = "F",
            description = {
                "Keys of vls keys, the same file on both sides; needed unless that is on",
                "loopback. This and what follows is for guests that nobody leads yet: a guest of",
                "vls lead has these options there."
            })
    @Nullable Path keys;

    @Option(names = "--plain", description = "Do without encryption between hosts.")
    boolean plain;

    @Option(
            names = "--arbiter",
            paramLabel = "WHERE",
            description =
                    "Who decides which side leads, as vls lead has it (default: local on loopback).")
    @Nullable String arbiter;

    @Option(names = "--rate", paramLabel = "RATE", description = "As vls lead has it.")
    @Nullable String rate;

    @Option(names = "--delay", paramLabel = "TIME", description = "As vls lead has it.")
    @Nullable String delay;

    @Option(names = "--json", description = "Print one JSON object.")
    boolean json;

    @Override
    public void run() {
        try (ControlClient client = connect()) {
            ObjectNode answer =
                    client.ask(
                            ControlClient.request("migrate")
                                    .put("to", to.toString())
                                    .put("strategy", strategy)
                                    .put(
                                            "keys",
                                            keys == null ? null : keys.toAbsolutePath().toString())
                                    .put("plain", plain)
                                    .put("arbiter", arbiter)
                                    .put("rate", rate)
                                    .put("delay", delay),
                            PATIENCE_SECONDS);
            answer.remove("version");
            answer.remove("ok");
            if (json) {
                out().println(answer.toPrettyString());
            } else {
                int number = 0;
                for (JsonNode round : answer.path("each_round")) {
                    out().printf(
                                    Locale.ROOT,
                                    "round %d: %d of %d pages in %.2f s, %.1f MB/s, %d postponed; dirtied %.1f MB/s%n",
                                    ++number,
                                    round.path("sent").asLong(),
                                    round.path("pages").asLong(),
                                    round.path("seconds").asDouble(),
                                    round.path("bytes_per_second").asDouble() / 1e6,
                                    round.path("postponed").asLong(),
                                    round.path("dirtied_bytes_per_second").asDouble() / 1e6);
                }
                out().printf(
                                Locale.ROOT,
                                "%s: %.3f s, %d pages in %d rounds, until %s, and %d behind the instant%n"
                                        + "silent for %.1f ms: last outputs %.1f, arbiter %.1f, going live %.1f, on the way %.1f; stood still for %.1f ms at its instant%n",
                                domain,
                                answer.path("seconds").asDouble(),
                                answer.path("pages").asLong(),
                                answer.path("rounds").asLong(),
                                answer.path("end_of_rounds").asText(),
                                answer.path("pages_behind_instant").asLong(),
                                answer.path("silence_milliseconds").asDouble(),
                                answer.path("last_outputs_milliseconds").asDouble(),
                                answer.path("arbiter_milliseconds").asDouble(),
                                answer.path("going_live_milliseconds").asDouble(),
                                answer.path("hand_over_milliseconds").asDouble()
                                        - answer.path("arbiter_milliseconds").asDouble()
                                        - answer.path("going_live_milliseconds").asDouble(),
                                answer.path("instant_milliseconds").asDouble());
            }
            out().flush();
        }
    }
}
