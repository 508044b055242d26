package dev.vls.control.demo;

import dev.vls.control.CommandException;
import dev.vls.control.ExitCode;
import dev.vls.control.load.Timeline;
import dev.vls.control.report.Chart;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** A leader is killed while a client talks to its guest, which its follower goes on with. */
final class TakeOverScene {
    private static final long PART_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Stage stage;

    TakeOverScene(Stage stage) {
        this.stage = stage;
    }

    /** Plays it. */
    void play() throws InterruptedException {
        stage.say("2. Lead a guest, follow it, kill the leader");
        try (DemoProcess leader = stage.lead("a", "builtin:ledger", "--memory", "64M")) {
            String address = leader.await("followers may come to (\\S+)");
            String[] follow = {
                "follow",
                address,
                "--take-over",
                "--console",
                "socket",
                "--name",
                Stage.domain("b"),
                "--timeout",
                "600"
            };
            try (DemoProcess follower = stage.start("b", follow)) {
                leader.await("may take over");
                stage.say("   a leader and its follower run; a client asks, one request at a time");
                talk(leader, follower);
            }
        }
    }

    private void talk(DemoProcess leader, DemoProcess follower) throws InterruptedException {
        long half = TimeUnit.SECONDS.toNanos(stage.brief() ? 1 : 5);
        AtomicLong killed = new AtomicLong();
        try (LedgerTalk client = new LedgerTalk()) {
            client.add(1, Stage.domain("a"), Stage.domain("b"));
            long start = System.nanoTime();
            Timeline timeline = new Timeline(start, PART_NANOS);
            try (StatusSamples samples = new StatusSamples(Stage.domain("a"), start)) {
                Thread killer =
                        Thread.ofVirtual()
                                .start(
                                        () -> {
                                            LockSupport.parkNanos(half);
                                            killed.set(System.nanoTime());
                                            leader.kill();
                                        });
                for (long value = 1; System.nanoTime() < start + 2 * half; value++) {
                    long before = client.replies();
                    client.add(value % 1000 + 1, Stage.domain("a"), Stage.domain("b"));
                    timeline.add(System.nanoTime(), client.replies() - before);
                }
                killer.join();
                follower.await("takes over as leader of epoch 2");
                tell(client.replies(), timeline, (killed.get() - start) / 1e9, samples);
            }
        } catch (IllegalStateException e) {
            throw new CommandException(ExitCode.FAILED, String.valueOf(e.getMessage()), e);
        }
    }

    private void tell(long replies, Timeline timeline, double killed, StatusSamples samples) {
        double silence = timeline.silenceNanosMax() / 1e6;
        double from = timeline.silenceFromNanos() / 1e9;
        stage.say(
                "   killed the leader after %.1f s: the follower goes on; %d replies, none lost, doubled or out of order"
                        .formatted(killed, replies));
        stage.say(
                "   the longest time without a reply was %.1f ms, after %.2f s"
                        .formatted(silence, from));
        stage.report()
                .figure(
                        "Replies around the kill of a leader",
                        "%,d".formatted(replies),
                        "none lost, doubled or out of order");
        stage.report()
                .figure(
                        "Longest time without a reply",
                        "%.1f ms".formatted(silence),
                        "after %.2f s; the kill came after %.2f s".formatted(from, killed));
        Chart.Mark mark = new Chart.Mark(killed, "kill -9 of the leader");
        stage.report()
                .chart(
                        new Chart(
                                "Take-over: replies that a client got",
                                "replies a second",
                                List.of(Stage.series("replies", timeline)),
                                List.of(
                                        mark,
                                        new Chart.Mark(
                                                from, "silent for %.1f ms".formatted(silence)))));
        stage.report()
                .chart(
                        new Chart(
                                "Take-over: how far the follower was behind",
                                "milliseconds",
                                List.of(
                                        new Chart.Series(
                                                "lag",
                                                0,
                                                StatusSamples.stepSeconds(),
                                                samples.lagMillis())),
                                List.of(mark)));
        stage.report()
                .chart(
                        new Chart(
                                "Take-over: the log that the leader sent",
                                "bytes a second",
                                List.of(
                                        new Chart.Series(
                                                "log",
                                                0,
                                                StatusSamples.stepSeconds(),
                                                samples.logBytesPerSecond())),
                                List.of(mark)));
    }
}
