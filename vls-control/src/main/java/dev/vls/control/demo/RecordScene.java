package dev.vls.control.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vls.control.CommandException;
import dev.vls.control.ExitCode;
import dev.vls.control.report.Chart;
import dev.vls.trace.EventCursor;
import dev.vls.trace.TraceEvent;
import dev.vls.trace.TraceReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A guest is recorded under input; its replays, in either engine, are the same run. */
final class RecordScene {
    private static final double PART_SECONDS = 0.02;
    private static final int PARTS_MAX = 100_000;

    private final Stage stage;

    RecordScene(Stage stage) {
        this.stage = stage;
    }

    /** Plays it. */
    void play() throws InterruptedException {
        stage.say("1. Record a guest, and replay it");
        int requests = stage.brief() ? 200 : 2000;
        StringBuilder typed = new StringBuilder();
        for (int i = 0; i < requests; i++) {
            typed.append("ADD ").append(i).append('\n');
        }
        Path trace = stage.file("run.vls");
        stage.run(
                "record",
                typed + "QUIT\n",
                "record",
                "--kernel",
                "builtin:ledger",
                "--memory",
                "64M",
                "--timeout",
                "120",
                "--stats",
                stage.file("recorded.json").toString(),
                "-o",
                trace.toString());
        JsonNode recorded = statistics("recorded.json");
        stage.say(
                "   recorded: %d requests, %d instructions, a log of %d bytes; digest %s"
                        .formatted(
                                requests,
                                recorded.path("instructions").asLong(),
                                recorded.path("log_bytes").asLong(),
                                digest(recorded)));
        for (String engine : List.of("interpreter", "translator")) {
            replay(trace, engine, recorded);
        }
        chart(trace);
        stage.report()
                .figure(
                        "A recorded guest",
                        "%,d instructions".formatted(recorded.path("instructions").asLong()),
                        "replayed by both engines: digest %s each time"
                                .formatted(digest(recorded)));
        stage.report()
                .figure(
                        "Its log",
                        "%,d bytes".formatted(recorded.path("log_bytes").asLong()),
                        "of %d requests".formatted(requests));
    }

    private void replay(Path trace, String engine, JsonNode recorded) throws InterruptedException {
        String name = "replay-" + engine;
        String said =
                stage.run(
                        name,
                        "",
                        "replay",
                        trace.toString(),
                        "--verify",
                        "--console",
                        "none",
                        "--engine",
                        engine,
                        "--stats",
                        stage.file(name + ".json").toString());
        JsonNode replayed = statistics(name + ".json");
        for (String same : List.of("digest", "instructions", "outputs")) {
            if (!replayed.path(same).equals(recorded.path(same))) {
                throw new CommandException(
                        ExitCode.DIVERGENCE,
                        "%s of the replay by the %s is %s, of the recording %s"
                                .formatted(
                                        same,
                                        engine,
                                        replayed.path(same).asText(),
                                        recorded.path(same).asText()));
            }
        }
        String verified =
                said.lines()
                        .filter(line -> line.startsWith("vls: "))
                        .map(line -> line.substring("vls: ".length()))
                        .findFirst()
                        .orElse("");
        stage.say("   replayed by the %s: %s".formatted(engine, verified));
    }

    private static String digest(JsonNode statistics) {
        return statistics.path("digest").asText().substring(0, 16);
    }

    private JsonNode statistics(String name) {
        try {
            return new ObjectMapper().readTree(stage.file(name).toFile());
        } catch (IOException e) {
            throw new CommandException(
                    ExitCode.FAILED, "%s: %s".formatted(stage.file(name), e.getMessage()), e);
        }
    }

    /** What came from outside, by the guest's own time. */
    private void chart(Path file) {
        List<Double> rates = new ArrayList<>();
        long hostNanos = 0;
        try (TraceReader trace = TraceReader.open(file)) {
            EventCursor events = trace.events();
            for (TraceEvent event = events.next(); event != null; event = events.next()) {
                if (event instanceof TraceEvent.Clock clock) {
                    hostNanos += clock.nanoseconds();
                }
                boolean input =
                        !(event instanceof TraceEvent.Digest || event instanceof TraceEvent.End);
                // Each instruction is a nanosecond, docs/spec/determinism.md.
                int part = (int) ((hostNanos + event.instructionCount()) / 1e9 / PART_SECONDS);
                while (rates.size() <= Math.min(part, PARTS_MAX)) {
                    rates.add(0.0);
                }
                if (input && part < rates.size()) {
                    rates.set(part, rates.get(part) + 1 / PART_SECONDS);
                }
            }
        }
        stage.report()
                .chart(
                        new Chart(
                                "Record: inputs over the guest's time",
                                "inputs a second",
                                List.of(new Chart.Series("recorded", 0, PART_SECONDS, rates)),
                                List.of()));
    }
}
