package dev.vls.control.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vls.control.CommandException;
import dev.vls.control.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code vls load --json} wrote of a client.
 *
 * @param name that it has in the report
 * @param json the object in it
 */
record LoadFile(String name, JsonNode json) {
    /** A day in parts of 10 ms. */
    private static final int PARTS_MAX = 8_640_000;

    /**
     * Reads a file.
     *
     * @param argument {@code NAME=FILE}, or {@code FILE} for its own name
     * @throws CommandException if that is not possible
     */
    static LoadFile read(String argument) {
        int equals = argument.indexOf('=');
        Path file = Path.of(argument.substring(equals + 1));
        try {
            JsonNode json = new ObjectMapper().readTree(file.toFile());
            JsonNode timeline = json.path("timeline");
            if (!json.path("client").isTextual()
                    || !timeline.isArray()
                    || timeline.size() > PARTS_MAX
                    || !(json.path("part_ms").asDouble() > 0)) {
                throw new IOException("it is not of vls load --json");
            }
            String name = equals > 0 ? argument.substring(0, equals) : file.getFileName() + "";
            return new LoadFile(name, json);
        } catch (IOException e) {
            String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new CommandException(
                    ExitCode.UNUSABLE_INPUT,
                    "%s: cannot be read (%s): name a file of vls load --json".formatted(file, why),
                    e);
        }
    }

    /** Clients of one kind share a chart. */
    String kind() {
        return "%s: %s a second".formatted(json.path("client").asText(), unit());
    }

    String unit() {
        return json.path("unit").asText();
    }

    Chart.Series series() {
        double partSeconds = json.path("part_ms").asDouble() / 1e3;
        List<Double> rates = new ArrayList<>();
        json.path("timeline").forEach(sum -> rates.add(Math.max(0, sum.asDouble()) / partSeconds));
        return new Chart.Series(name, 0, partSeconds, rates);
    }

    double silenceMillis() {
        return json.path("silence_ms_max").asDouble();
    }

    /** The longest silence, at its beginning. */
    Chart.Mark silence() {
        return new Chart.Mark(
                json.path("silence_from_seconds").asDouble(),
                "%s silent for %.1f ms".formatted(name, silenceMillis()));
    }

    void addFigures(HtmlReport report) {
        String what = "%s, %s".formatted(name, json.path("client").asText());
        report.figure(
                what + ": longest silence",
                "%.1f ms".formatted(silenceMillis()),
                "after %.2f s".formatted(json.path("silence_from_seconds").asDouble()));
        double seconds = json.path("seconds").asDouble();
        report.figure(
                "%s: %s a second".formatted(what, unit()),
                "%,.0f".formatted(seconds > 0 ? json.path("total").asDouble() / seconds : 0),
                "over %.1f s".formatted(seconds));
        report.figure(
                what + ": latency, median",
                "%.2f ms".formatted(json.path("latency_ms").path("50.0").asDouble()),
                "99 %%: %.2f ms".formatted(json.path("latency_ms").path("99.0").asDouble()));
        json.path("wrong")
                .properties()
                .forEach(
                        count ->
                                report.figure(
                                        what + ": " + count.getKey(),
                                        count.getValue().asText(),
                                        "must be 0"));
        if (!json.path("failure").asText().isEmpty()) {
            report.figure(what + ": ended early", "", json.path("failure").asText());
        }
    }
}
