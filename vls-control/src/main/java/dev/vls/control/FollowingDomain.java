package dev.vls.control;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vls.control.RunEnd.StopReason;
import dev.vls.control.console.ConsoleBuffer;
import dev.vls.control.socket.ControlRefusal;
import dev.vls.control.socket.ControlService;
import dev.vls.replay.pair.Follower;
import org.jspecify.annotations.Nullable;

/** A guest that is replayed, for its control socket: one can look, and end it. */
final class FollowingDomain implements ControlService {
    private static final String ELSEWHERE =
            "this process follows the guest, which runs elsewhere: ask its leader";

    private final String name;
    private final FollowerService follower;
    private final StopControl stop;

    FollowingDomain(String name, FollowerService follower, StopControl stop) {
        this.name = name;
        this.follower = follower;
        this.stop = stop;
    }

    @Override
    public void execute(String command, ObjectNode request, ObjectNode answer)
            throws ControlRefusal {
        switch (command) {
            case "status" -> status(answer);
            case "destroy" -> stop.stop(StopReason.DESTROYED);
            default -> throw new ControlRefusal(ExitCode.FAILED, ELSEWHERE);
        }
    }

    private void status(ObjectNode answer) {
        Follower.View view = follower.view();
        answer.put("name", name)
                .put("pid", ProcessHandle.current().pid())
                .put("state", "follows")
                .put("busy", view == null);
        if (view != null) {
            answer.put("instructions", view.progress().steps());
            answer.putObject("replication")
                    .put("role", "follower")
                    .put("stage", view.stage())
                    .put("epoch", view.epoch())
                    .put("may_take_over", view.inSet())
                    .put("received", view.received())
                    .put("replayed", view.progress().replayed());
        }
    }

    @Override
    public @Nullable String whyNoConsole() {
        return ELSEWHERE;
    }

    @Override
    public ConsoleBuffer console() {
        throw new IllegalStateException(ELSEWHERE);
    }

    @Override
    public void type(byte[] bytes) {
        throw new IllegalStateException(ELSEWHERE);
    }
}
