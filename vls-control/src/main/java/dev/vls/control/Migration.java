package dev.vls.control;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vls.control.RunEnd.StopReason;
import dev.vls.control.pair.HostPort;
import dev.vls.control.socket.ControlRefusal;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.migration.GuestSender;
import dev.vls.migration.Rounds;
import dev.vls.migration.Strategy;
import dev.vls.replay.pair.Leader;
import dev.vls.replay.pair.Link;
import dev.vls.replay.wire.Message;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/**
 * Moves a guest that is led to another process, which becomes its follower and then its leader.
 * Until the arbiter has noted that, a failure of either side costs nothing: the guest goes on here.
 */
final class Migration {
    private static final long CONNECT_SECONDS = 5;
    private static final long LOOK_MILLIS = 1;
    private static final long TRANSFER_SECONDS_MAX = 600;
    private static final long HAND_OVER_SECONDS_MAX = 10;

    /**
     * A follower that is no further behind takes over at once. Others are waited for; with each
     * second twice as much will do.
     */
    private static final long NEAR_NANOS = 2_000_000;

    private static final long CATCH_UP_SECONDS_MAX = 10;

    private final LeaderService leader;
    private final StopControl stop;

    Migration(LeaderService leader, StopControl stop) {
        this.leader = leader;
        this.stop = stop;
    }

    /**
     * Moves the guest.
     *
     * @param answer told what it took
     */
    synchronized void run(HostPort to, Strategy strategy, ObjectNode answer)
            throws ControlRefusal, InterruptedException {
        long start = System.nanoTime();
        leader.setStrategy(strategy);
        Link link = connect(to);
        boolean moved = false;
        try {
            await(link, TRANSFER_SECONDS_MAX, protocol -> protocol.isInSet(link), strategy);
            if (strategy == Strategy.SEMI_ACTIVE) {
                // What it has not replayed when the guest stops, the guest is silent for.
                long since = System.nanoTime();
                await(
                        CATCH_UP_SECONDS_MAX,
                        protocol ->
                                !protocol.isKnown(link) || protocol.lagOf(link) <= nearBy(since));
            }
            long ready = System.nanoTime();
            if (strategy == Strategy.SEMI_ACTIVE) {
                leader.standStill();
                leader.ask(() -> standing(true));
            }
            if (!leader.awaitOutputs()) {
                throw new ControlRefusal(ExitCode.FAILED, "the last outputs could not leave");
            }
            long silent = System.nanoTime();
            leader.handOver(link);
            await(link, HAND_OVER_SECONDS_MAX, protocol -> isOver(), strategy);
            moved = stop.reason() == StopReason.HANDED_OVER || stop.reason() == StopReason.FENCED;
            describe(answer, strategy, start, ready, silent);
        } finally {
            if (!moved) {
                // Whoever may take over must not any more before the guest goes on here.
                link.close();
                leader.ask(
                        () -> {
                            leader.disconnected(link);
                            return true;
                        });
                await(HAND_OVER_SECONDS_MAX, protocol -> isOver() || !protocol.isKnown(link));
                leader.ask(() -> standing(false));
            }
            leader.goOn();
        }
    }

    private static long nearBy(long since) {
        return NEAR_NANOS << TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - since);
    }

    private boolean standing(boolean now) {
        leader.leader().setStanding(now);
        return true;
    }

    private boolean isOver() {
        return stop.reason() != StopReason.NONE;
    }

    private Link connect(HostPort to) throws ControlRefusal, InterruptedException {
        CompletableFuture<Link> connected = new CompletableFuture<>();
        leader.connect(
                to.resolve(),
                connected::complete,
                why -> connected.completeExceptionally(new IllegalStateException(why)));
        try {
            return connected.get(CONNECT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new ControlRefusal(
                    ExitCode.UNREACHABLE, "%s: %s: start vls receive there".formatted(to, why(e)));
        } catch (TimeoutException e) {
            throw new ControlRefusal(ExitCode.UNREACHABLE, to + ": does not answer");
        }
    }

    private static String why(ExecutionException e) {
        Throwable cause = e.getCause();
        return String.valueOf((cause == null ? e : cause).getMessage());
    }

    /** Waits for something about a follower. */
    private void await(Link link, long seconds, Predicate<Leader> reached, Strategy strategy)
            throws ControlRefusal, InterruptedException {
        boolean there =
                await(
                        seconds,
                        protocol -> {
                            if (strategy != Strategy.SEMI_ACTIVE && leader.isStanding()) {
                                protocol.setStanding(true);
                            }
                            return reached.test(protocol) || !protocol.isKnown(link);
                        });
        Boolean known = leader.ask(() -> leader.leader().isKnown(link));
        boolean gone = !Boolean.TRUE.equals(known) && !isOver();
        if (!there || gone) {
            throw new ControlRefusal(
                    ExitCode.UNREACHABLE,
                    gone
                            ? "the other side has left: the guest goes on here, see what it says there"
                            : "the other side is not ready in time: the guest goes on here");
        }
    }

    private boolean await(long seconds, Predicate<Leader> reached) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (System.nanoTime() < end) {
            Boolean now = leader.ask(() -> reached.test(leader.leader()));
            if (Boolean.TRUE.equals(now) || isOver()) {
                return true;
            }
            Thread.sleep(LOOK_MILLIS);
        }
        return false;
    }

    private void describe(
            ObjectNode answer, Strategy strategy, long start, long ready, long silent) {
        Message.Taken taken = leader.taken();
        long end = taken == null ? System.nanoTime() : leader.takenNanos();
        GuestSender.Report sent = leader.lastSent();
        answer.put("strategy", strategy.toString())
                .put("seconds", (end - start) / 1e9)
                .put("last_outputs_milliseconds", (silent - ready) / 1e6)
                .put("hand_over_milliseconds", (end - silent) / 1e6);
        if (taken != null) {
            answer.put("arbiter_milliseconds", taken.arbiterMicros() / 1e3)
                    .put("going_live_milliseconds", taken.liveMicros() / 1e3);
        }
        if (sent != null) {
            LeaderStatus.describe(sent, answer);
            answer.put("end_of_rounds", sent.end().toString());
            ArrayNode rounds = answer.putArray("each_round");
            for (Rounds.Round round : sent.rounds()) {
                double seconds = round.nanos() / 1e9;
                rounds.addObject()
                        .put("pages", round.pages())
                        .put("sent", round.sent())
                        .put("postponed", round.postponed())
                        .put("seconds", seconds)
                        .put("bytes_per_second", round.bytes() / seconds)
                        .put("dirtied", round.dirtied())
                        .put(
                                "dirtied_bytes_per_second",
                                round.dirtied() * (double) MachineMemory.PAGE_SIZE / seconds);
            }
            long stopped = strategy == Strategy.SEMI_ACTIVE ? ready : sent.stoppedAt();
            answer.put("silence_milliseconds", (end - stopped) / 1e6);
        }
    }
}
