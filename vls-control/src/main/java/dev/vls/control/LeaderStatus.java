package dev.vls.control;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vls.replay.pair.Leader;

/** What a leader tells of itself. */
final class LeaderStatus {
    private LeaderStatus() {}

    static void write(LeaderService leader, ObjectNode answer) {
        Leader.View view = leader.view();
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
                        .put("held_bytes", leader.heldBytes())
                        .put("arbiter_away", view.arbiterAway());
        ArrayNode followers = replication.putArray("followers");
        for (Leader.FollowerView follower : view.followers()) {
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
}
