package dev.vls.control.load;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.vls.control.CommandException;
import dev.vls.control.ExitCode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * What a client saw.
 *
 * @param client its name
 * @param unit of the timeline
 * @param seconds that it ran
 * @param timeline of what arrived
 * @param latencies in ns
 * @param wrong counts of what must not be, by name
 * @param other counts, by name
 * @param failure why it ended early; empty if it did not
 */
record LoadResult(
        String client,
        String unit,
        double seconds,
        Timeline timeline,
        Histogram latencies,
        Map<String, Long> wrong,
        Map<String, Long> other,
        String failure) {
    private static final double[] PERCENTILES = {50, 90, 99, 99.9, 100};

    boolean isGood() {
        return failure.isEmpty() && wrong.values().stream().allMatch(count -> count == 0);
    }

    void print(PrintWriter out) {
        out.printf(
                "%s: %d %s in %.1f s, %.1f a second%n",
                client, timeline.total(), unit, seconds, timeline.total() / seconds);
        StringBuilder latency = new StringBuilder();
        for (double percentile : PERCENTILES) {
            latency.append(
                    " %s%% %.2f"
                            .formatted(
                                    Double.toString(percentile).replace(".0", ""),
                                    latencies.getValueAtPercentile(percentile) / 1e6));
        }
        out.printf("%s: latency in ms:%s%n", client, latency);
        out.printf(
                "%s: longest silence %.2f ms, after %.2f s%n",
                client, timeline.silenceNanosMax() / 1e6, timeline.silenceFromNanos() / 1e9);
        other.forEach((name, count) -> out.printf("%s: %s %d%n", client, name, count));
        wrong.forEach((name, count) -> out.printf("%s: %s %d%n", client, name, count));
        if (!failure.isEmpty()) {
            out.printf("%s: FAILED: %s%n", client, failure);
        }
        out.flush();
    }

    /**
     * Writes one JSON object.
     *
     * @throws CommandException if that is not possible
     */
    void write(String file) {
        try (BufferedWriter writer =
                        Files.newBufferedWriter(Path.of(file), StandardCharsets.UTF_8);
                JsonGenerator json = new JsonFactory().createGenerator(writer)) {
            json.writeStartObject();
            json.writeStringField("client", client);
            json.writeStringField("unit", unit);
            json.writeNumberField("seconds", seconds);
            json.writeNumberField("total", timeline.total());
            json.writeNumberField("silence_ms_max", timeline.silenceNanosMax() / 1e6);
            json.writeNumberField("silence_from_seconds", timeline.silenceFromNanos() / 1e9);
            json.writeObjectFieldStart("latency_ms");
            for (double percentile : PERCENTILES) {
                json.writeNumberField(
                        Double.toString(percentile),
                        latencies.getValueAtPercentile(percentile) / 1e6);
            }
            json.writeEndObject();
            writeCounts(json, "wrong", wrong);
            writeCounts(json, "other", other);
            json.writeStringField("failure", failure);
            json.writeNumberField("began_ms", timeline.beganMillis());
            json.writeNumberField("part_ms", timeline.partNanos() / 1e6);
            json.writeArrayFieldStart("timeline");
            for (long sum : timeline.sums()) {
                json.writeNumber(sum);
            }
            json.writeEndArray();
            json.writeEndObject();
            json.writeRaw(System.lineSeparator());
        } catch (IOException e) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "--json %s: cannot be written (%s): choose another file"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }

    private static void writeCounts(JsonGenerator json, String name, Map<String, Long> counts)
            throws IOException {
        json.writeObjectFieldStart(name);
        for (Map.Entry<String, Long> count : counts.entrySet()) {
            json.writeNumberField(count.getKey(), count.getValue());
        }
        json.writeEndObject();
    }
}
