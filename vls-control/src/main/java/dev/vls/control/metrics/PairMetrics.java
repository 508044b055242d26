package dev.vls.control.metrics;

import com.fasterxml.jackson.databind.JsonNode;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.function.Supplier;

/** The status of a leader or follower, as metrics: what is not there is left out. */
final class PairMetrics implements MultiCollector {
    private enum Type {
        COUNTER,
        GAUGE
    }

    /**
     * A metric.
     *
     * @param member of the status that has its value
     * @param unit what the value is multiplied by
     */
    private record Metric(String name, Type type, String member, double unit, String help) {}

    private static final double MILLI = 1e-3;

    /** Of the process, from {@code replication} of its status. */
    private static final Metric[] SIDE = {
        new Metric("vls_pair_epoch", Type.GAUGE, "epoch", 1, "Number of the leader, from 1."),
        new Metric(
                "vls_pair_may_take_over",
                Type.GAUGE,
                "may_take_over",
                1,
                "1 if this follower is in the set that may take over."),
        new Metric(
                "vls_pair_published_events",
                Type.COUNTER,
                "published",
                1,
                "Events that the leader has published in this epoch."),
        new Metric(
                "vls_pair_released_events",
                Type.COUNTER,
                "released",
                1,
                "Events up to which outputs have left the leader."),
        new Metric(
                "vls_pair_received_events",
                Type.COUNTER,
                "received",
                1,
                "Events up to which the follower has received the log."),
        new Metric(
                "vls_pair_replayed_events",
                Type.COUNTER,
                "replayed",
                1,
                "Events up to which the follower has replayed the log."),
        new Metric("vls_pair_log_bytes", Type.COUNTER, "log_bytes", 1, "Bytes of log, packed."),
        new Metric("vls_pair_held_bytes", Type.GAUGE, "held_bytes", 1, "Bytes held by the gate."),
        new Metric(
                "vls_pair_held_outputs",
                Type.GAUGE,
                "held_outputs",
                1,
                "Frames, pieces of console output and requests to disks held by the gate."),
        new Metric(
                "vls_pair_arbiter_away",
                Type.GAUGE,
                "arbiter_away",
                1,
                "1 as long as the arbiter does not answer."),
        new Metric(
                "vls_pair_take_over_seconds",
                Type.GAUGE,
                "take_over_milliseconds",
                MILLI,
                "From the arbiter's word to the guest going on here, if this side took over."),
    };

    /** Of the last transfer of the guest, from {@code last_sent}. */
    private static final Metric[] SENT = {
        new Metric("vls_pair_sent_rounds", Type.GAUGE, "rounds", 1, "Rounds before the instant."),
        new Metric("vls_pair_sent_pages", Type.GAUGE, "pages", 1, "Pages that were sent."),
        new Metric(
                "vls_pair_sent_pages_behind_instant",
                Type.GAUGE,
                "pages_behind_instant",
                1,
                "Pages that were sent behind the instant."),
        new Metric(
                "vls_pair_instant_seconds",
                Type.GAUGE,
                "instant_milliseconds",
                MILLI,
                "For which the guest stood still at its instant."),
    };

    /** Of each follower of a leader, with labels {@code peer} and {@code stage}. */
    private static final Metric[] FOLLOWER = {
        new Metric(
                "vls_pair_follower_received_events",
                Type.COUNTER,
                "received",
                1,
                "Events up to which this follower has received the log."),
        new Metric(
                "vls_pair_follower_replayed_events",
                Type.COUNTER,
                "replayed",
                1,
                "Events up to which this follower has replayed the log."),
        new Metric(
                "vls_pair_follower_lag_seconds",
                Type.GAUGE,
                "lag_milliseconds",
                MILLI,
                "Age of the oldest event that this follower has not replayed."),
    };

    private final Supplier<JsonNode> status;

    /**
     * @param status of a process, as its control socket tells it; called by any thread
     */
    PairMetrics(Supplier<JsonNode> status) {
        this.status = status;
    }

    @Override
    public MetricSnapshots collect() {
        JsonNode now = status.get();
        JsonNode pair = now.path("replication");
        MetricSnapshots.Builder all = MetricSnapshots.builder();
        if (pair.isMissingNode()) {
            return all.build();
        }
        all.metricSnapshot(
                InfoSnapshot.builder()
                        .name("vls_pair")
                        .help("What this process is: leader or follower.")
                        .dataPoint(
                                InfoDataPointSnapshot.builder()
                                        .labels(
                                                Labels.of(
                                                        "domain",
                                                        now.path("name").asText(),
                                                        "role",
                                                        pair.path("role").asText()))
                                        .build())
                        .build());
        add(all, SIDE, new JsonNode[] {pair}, false);
        add(all, SENT, new JsonNode[] {pair.path("last_sent")}, false);
        JsonNode followers = pair.path("followers");
        JsonNode[] each = new JsonNode[followers.size()];
        for (int i = 0; i < each.length; i++) {
            each[i] = followers.get(i);
        }
        add(all, FOLLOWER, each, true);
        return all.build();
    }

    private static void add(
            MetricSnapshots.Builder all, Metric[] metrics, JsonNode[] from, boolean labelled) {
        for (Metric metric : metrics) {
            CounterSnapshot.Builder counter =
                    CounterSnapshot.builder().name(metric.name).help(metric.help);
            GaugeSnapshot.Builder gauge =
                    GaugeSnapshot.builder().name(metric.name).help(metric.help);
            boolean some = false;
            for (JsonNode node : from) {
                JsonNode value = node.path(metric.member);
                if (!value.isMissingNode()) {
                    some = true;
                    Labels labels = labelled ? labelsOf(node) : Labels.EMPTY;
                    double number =
                            value.isBoolean() ? (value.asBoolean() ? 1 : 0) : value.asDouble();
                    counter.dataPoint(
                            CounterDataPointSnapshot.builder()
                                    .labels(labels)
                                    .value(number)
                                    .build());
                    gauge.dataPoint(
                            GaugeDataPointSnapshot.builder()
                                    .labels(labels)
                                    .value(number * metric.unit)
                                    .build());
                }
            }
            if (some) {
                all.metricSnapshot(metric.type == Type.COUNTER ? counter.build() : gauge.build());
            }
        }
    }

    private static Labels labelsOf(JsonNode follower) {
        return Labels.of(
                "peer", follower.path("peer").asText(), "stage", follower.path("stage").asText());
    }
}
