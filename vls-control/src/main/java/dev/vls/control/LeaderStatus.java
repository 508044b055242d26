package dev.vls.control;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vls.migration.GuestSender;
import dev.vls.replay.pair.LeaderView;

/** What a leader tells of itself. */
final class LeaderStatus {
    private LeaderStatus() {}

    static void write(LeaderService leader, ObjectNode answer) {
        LeaderView view = leader.view();
        if (view == null) {
            return;
        }
        ObjectNode replication =
                answer.putObject("replication")
                        .put("role", "leader")
                        .put("epoch", view.epoch())
                        .put("published", view.published())
                        .put("released", view.released())
                        .put("log_bytes", view.logBytes())
                        .put("log_bytes_per_second", leader.logRate())
                        .put("held_bytes", leader.heldBytes())
                        .put("held_outputs", leader.heldOutputs())
                        .put("arbiter_away", view.arbiterAway());
        if (leader.tookOverNanos() > 0) {
            replication.put("take_over_milliseconds", leader.tookOverNanos() / 1e6);
        }
        GuestSender.Report sent = leader.lastSent();
        if (sent != null) {
            describe(sent, replication.putObject("last_sent"));
        }
        ArrayNode followers = replication.putArray("followers");
        for (LeaderView.Of follower : view.followers()) {
            followers
                    .addObject()
                    .put("peer", follower.peer())
                    .put("stage", follower.stage())
                    .put("received", follower.received())
                    .put("replayed", follower.replayed())
                    .put("instructions", follower.steps())
                    .put("compared", follower.digestEvent())
                    .put("digest", follower.digest())
                    .put("lag_milliseconds", follower.lagNanos() / 1e6);
        }
    }

    /** What was sent to a follower, as status and the answer of {@code migrate} have it. */
    static void describe(GuestSender.Report sent, ObjectNode answer) {
        answer.put("rounds", sent.rounds().size())
                .put("pages", sent.pages())
                .put("pages_behind_instant", sent.pagesBehindInstant())
                .put("instant_milliseconds", sent.pauseNanos() / 1e6);
    }
}
