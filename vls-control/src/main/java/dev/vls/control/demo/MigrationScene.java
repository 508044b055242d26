package dev.vls.control.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vls.control.load.Timeline;
import dev.vls.control.report.Chart;
import dev.vls.control.socket.ControlClient;
import dev.vls.control.socket.RuntimeDirectory;
import dev.vls.machine.host.net.LearningSwitch;
import dev.vls.machine.host.net.NetworkLink;
import dev.vls.machine.host.net.StreamAddress;
import dev.vls.machine.host.net.StreamLink;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A guest that writes to all of its memory is moved from process to process, by each of two
 * strategies, while a client on its network asks for echoes.
 */
final class MigrationScene {
    private static final long PART_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long MIGRATION_SECONDS_MAX = 300;

    private final Stage stage;
    private final List<Chart.Series> series = new ArrayList<>();
    private final List<Chart.Mark> marks = new ArrayList<>();

    MigrationScene(Stage stage) {
        this.stage = stage;
    }

    /** Plays it. */
    void play() throws InterruptedException {
        int mebibytes = stage.brief() ? 8 : 48;
        stage.say("3. Move a guest that writes to %d MiB all the time".formatted(mebibytes));
        for (String strategy : List.of("semi-active", "pre-copy")) {
            move(strategy, mebibytes);
        }
        stage.report()
                .chart(
                        new Chart(
                                "Migration: echoes that a client got",
                                "echoes a second",
                                series,
                                marks));
    }

    private void move(String strategy, int mebibytes) throws InterruptedException {
        Timeline timeline = new Timeline(System.nanoTime(), PART_NANOS);
        EchoClient client = new EchoClient(timeline);
        List<NetworkLink> ports = new ArrayList<>(List.of(client));
        String prefix = strategy.substring(0, 4);
        for (String side : List.of("from", "to")) {
            StreamAddress at = StreamAddress.of(socket(prefix + side));
            ports.add(StreamLink.listen(at, "demo-" + side));
        }
        try (LearningSwitch network = new LearningSwitch(ports, remark -> {})) {
            network.start();
            run(strategy, prefix, mebibytes, client, timeline);
        }
    }

    private String socket(String name) {
        return stage.file(name + ".sock").toString();
    }

    private void run(
            String strategy, String prefix, int mebibytes, EchoClient client, Timeline timeline)
            throws InterruptedException {
        String[] options = {
            "--memory",
            2 * mebibytes + 16 + "M",
            "--cmdline",
            "mib=" + mebibytes,
            "--net",
            "socket=" + socket(prefix + "from")
        };
        try (DemoProcess source = stage.lead(prefix + "from", "builtin:diabolical", options);
                DemoProcess target = receive(prefix + "to", socket(prefix + "to"))) {
            source.await("followers may come to (\\S+)");
            String to = target.await("waits for a guest at (\\S+)");
            while (timeline.total() == 0) {
                Thread.sleep(10);
            }
            long around = stage.brief() ? 300 : 1500;
            Thread.sleep(around);
            long start = System.nanoTime();
            JsonNode report = migrate(prefix + "from", to, strategy);
            Thread.sleep(around);
            target.await("takes over as leader of epoch 2");
            timeline.end(System.nanoTime());
            tell(strategy, report, client, timeline, start);
        }
    }

    private DemoProcess receive(String role, String socket) {
        return stage.start(
                role,
                "receive",
                "--listen",
                "127.0.0.1:0",
                "--console",
                "socket",
                "--name",
                Stage.domain(role),
                "--net",
                "socket=" + socket,
                "--timeout",
                "600");
    }

    private static JsonNode migrate(String role, String to, String strategy) {
        ObjectNode request =
                ControlClient.request("migrate").put("to", to).put("strategy", strategy);
        try (ControlClient client =
                ControlClient.connect(RuntimeDirectory.ofUser(), Stage.domain(role))) {
            return client.ask(request, MIGRATION_SECONDS_MAX);
        }
    }

    private void tell(
            String strategy, JsonNode report, EchoClient client, Timeline timeline, long start) {
        double silence = timeline.silenceNanosMax() / 1e6;
        double from = timeline.silenceFromNanos() / 1e9;
        stage.say(
                "   %s: %.2f s, %d pages in %d rounds; its client had no echo for %.1f ms at most"
                        .formatted(
                                strategy,
                                report.path("seconds").asDouble(),
                                report.path("pages").asLong(),
                                report.path("rounds").asLong(),
                                silence));
        String asked =
                "%.2f s, %,d pages; %,d of %,d echoes came back"
                        .formatted(
                                report.path("seconds").asDouble(),
                                report.path("pages").asLong(),
                                client.answered(),
                                client.sent());
        stage.report().figure(strategy + ": longest silence", "%.1f ms".formatted(silence), asked);
        stage.report()
                .figure(
                        strategy + ": silence by the leader's word",
                        "%.1f ms".formatted(report.path("silence_milliseconds").asDouble()),
                        "from the last instruction here to the first one there");
        series.add(Stage.series(strategy, timeline));
        double begun = timeline.secondsOf(start);
        marks.add(new Chart.Mark(begun, strategy + " begins"));
        marks.add(new Chart.Mark(from, "%s: silent for %.1f ms".formatted(strategy, silence)));
    }
}
