package dev.vls.control;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vls.control.metrics.MetricsServer;
import dev.vls.control.pair.HostPort;
import dev.vls.migration.RateControl;
import dev.vls.replay.net.LinkModel;
import dev.vls.replay.net.PairKeys;
import dev.vls.replay.net.WireLoop;
import dev.vls.replay.wire.Message;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
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
            description = {
                "What outputs wait for: nothing, or that every follower that may take",
                "over has received, or replayed, the log up to them (default: ${DEFAULT-VALUE})."
            })
    Message.Commit commit = Message.Commit.RECEIVED;

    @Option(
            names = "--detect",
            paramLabel = "MS",
            description =
                    "Silence after which the other side is lost, in ms (default: ${DEFAULT-VALUE}).")
    int detectMillis = 500;

    @Option(
            names = "--lag",
            paramLabel = "MS",
            description =
                    "How far followers may be behind, in ms; then the guest is slowed"
                            + " (default: ${DEFAULT-VALUE}).")
    int lagMillis = 100;

    @Option(
            names = "--arbiter",
            paramLabel = "WHERE",
            description = {
                "Who decides which side leads: zk://HOST:PORT[,HOST:PORT...][/PATH] for ZooKeeper, local",
                "(processes of one host) or none (default: local on loopback, else none)."
            })
    @Nullable String arbiter;

    @Option(
            names = "--keys",
            paramLabel = "F",
            description = {
                "Keys of vls keys, the same file on both sides: TLS 1.3, and nobody else",
                "is let in. Needed unless both sides are on loopback."
            })
    @Nullable Path keys;

    @Option(
            names = "--metrics",
            paramLabel = "HOST:PORT",
            converter = HostPort.Converter.class,
            description = "Answer Prometheus there, at /metrics.")
    @Nullable HostPort metrics;

    @Option(
            names = "--rate",
            paramLabel = "RATE",
            description = {
                "For experiments: what this side sends leaves no faster, as 1Gbit or 100mbit",
                "(default: as fast as it can)."
            })
    @Nullable String rate;

    @Option(
            names = "--delay",
            paramLabel = "TIME",
            description = "For experiments: what this side sends arrives so much later, as 100us.")
    @Nullable String delay;

    @Option(
            names = "--min-bandwidth",
            paramLabel = "RATE",
            description = {
                "Memory goes to a follower at this rate first, and then somewhat faster than the",
                "guest writes it (default: as fast as the connection takes it)."
            })
    @Nullable String minBandwidth;

    @Option(
            names = "--max-bandwidth",
            paramLabel = "RATE",
            description = "Memory goes no faster while the guest runs on (default: no bound).")
    @Nullable String maxBandwidth;

    @Option(names = "--plain", description = "Do without encryption between hosts.")
    boolean plain;

    /**
     * How a running guest is led while it is moved.
     *
     * @param request of the control socket, with members of these options' names, all optional
     */
    static LeadOptions of(ObjectNode request) {
        LeadOptions options = new LeadOptions();
        String file = text(request, "keys");
        options.keys = file == null ? null : Path.of(file);
        options.plain = request.path("plain").asBoolean();
        options.arbiter = text(request, "arbiter");
        options.rate = text(request, "rate");
        options.delay = text(request, "delay");
        return options;
    }

    private static @Nullable String text(ObjectNode request, String member) {
        return request.path(member).textValue();
    }

    /**
     * The thread of connections, which are of the kind that the user wants.
     *
     * @param addresses that are used
     * @throws CommandException if there are no keys that can be used, and some are needed
     */
    WireLoop open(HostPort... addresses) {
        boolean loopback =
                Arrays.stream(addresses)
                        .map(address -> address.resolve().getAddress())
                        .allMatch(address -> address != null && address.isLoopbackAddress());
        if (keys == null && !plain && !loopback) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "connections between hosts are encrypted: give --keys of vls keys, or --plain");
        }
        try {
            return new WireLoop("vls-wire", keys == null ? null : PairKeys.read(keys), model());
        } catch (IOException e) {
            throw new CommandException(
                    ExitCode.UNUSABLE_INPUT,
                    "--keys %s: %s: make them by vls keys".formatted(keys, e.getMessage()),
                    e);
        }
    }

    /**
     * Lets scrapers in, if the user wants some.
     *
     * @return null if not
     * @throws CommandException if nobody can listen there
     */
    @Nullable MetricsServer serveMetrics(ControlSocket socket, PrintWriter errors) {
        HostPort at = metrics;
        if (at == null) {
            return null;
        }
        try {
            MetricsServer server = MetricsServer.start(at.resolve(), socket::status);
            errors.println(
                    "(vls) metrics are at http://%s/metrics"
                            .formatted(new HostPort(at.host(), server.port())));
            errors.flush();
            return server;
        } catch (IOException e) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "--metrics %s: %s: choose another address".formatted(at, e.getMessage()),
                    e);
        }
    }

    /** How fast rounds of pages may be sent. */
    RateControl.Limits bandwidth() {
        return new RateControl.Limits(
                minBandwidth == null ? 0 : LinkModel.parseRate(minBandwidth) / Byte.SIZE,
                maxBandwidth == null ? 0 : LinkModel.parseRate(maxBandwidth) / Byte.SIZE);
    }

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
        Arbiters.check(arbiter);
        try {
            model();
            bandwidth();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(),
                    "%s is no rate from 8kbit to 1000Gbit (as 1Gbit), or no --delay up to 10s (as 100us)"
                            .formatted(e.getMessage()),
                    e);
        }
    }

    private LinkModel model() {
        return new LinkModel(
                rate == null ? 0 : LinkModel.parseRate(rate),
                delay == null ? 0 : LinkModel.parseDelay(delay));
    }
}
