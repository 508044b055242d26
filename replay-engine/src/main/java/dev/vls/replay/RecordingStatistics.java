package dev.vls.replay;

import dev.vls.machine.Input;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** What went into a trace. Counts on the consumer's thread; to be read when that has finished. */
public final class RecordingStatistics implements EventConsumer {
    /** How many entries of a kind, and the payload bytes that they had. */
    public record Total(long count, long payloadBytes) {
        private Total plus(Total other) {
            return new Total(count + other.count, payloadBytes + other.payloadBytes);
        }
    }

    private final Map<String, Total> totals = new TreeMap<>();

    RecordingStatistics() {}

    /** By the names of docs/spec/trace-format.md, sorted. */
    public Map<String, Total> totals() {
        return Collections.unmodifiableMap(totals);
    }

    @Override
    public void take(RecordedEvent event) {
        totals.merge(kind(event), new Total(1, event.payloadBytes), Total::plus);
    }

    private static String kind(RecordedEvent event) {
        return switch (event.input) {
            case Input.Clock clock -> "CLOCK";
            case Input.ConsoleIn typed -> "CONSOLE_IN";
            case Input.NetRx frame -> "NET_RX";
            case Input.NetCarrier carrier -> "LINK";
            case Input.BlockDone done -> "BLOCK_DONE";
            case Input.Control control -> "CONTROL";
            case null -> event.digest == null ? "END" : "DIGEST";
        };
    }
}
