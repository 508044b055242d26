package dev.vls.replay.pair;

import dev.vls.replay.wire.Message;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a leader knows of one of its followers. */
final class FollowerSession {
    /** How far a follower has come. */
    enum Stage {
        /** It has not said who it is. */
        GREETING,
        /** It is sent memory and state. */
        BOOTSTRAP,
        /** It replays, further behind than it may be. */
        CATCHING_UP,
        /** Outputs wait for it already; it has to acknowledge one thing more. */
        CANDIDATE,
        /** The arbiter is to note that it may take over. */
        ENTERING,
        /** It may take over. */
        IN_SET,
        /** It is gone; if it may take over the arbiter is to note that. */
        LEAVING
    }

    final Link link;
    Stage stage = Stage.GREETING;
    UUID node = new UUID(0, 0);
    long features;

    /** It comes to take the guest over as soon as possible. */
    boolean moves;

    final Silence silence;

    /** Where its replay begins. */
    long firstEvent;

    /** The event that is sent next, and whether log is sent already. */
    long nextEvent;

    boolean streams;

    /** Memory has been sent. */
    boolean complete;

    /** What it has acknowledged: numbers of the events that it wants next. */
    long received;

    long replayed;
    long steps;

    /** The last digest of outputs that its replay has compared. */
    long digestEvent;

    byte[] digest = new byte[0];

    /** What sends it the guest; null if that is over. */
    LeaderHost.@Nullable Bootstrap bootstrap;

    /** The first event that was published when its gate had been closed. */
    long candidateFrom;

    FollowerSession(Link link, long now) {
        this.link = link;
        this.silence = new Silence(now);
    }

    /** The event that it replays next. */
    long wantsNext() {
        return Math.max(replayed, firstEvent);
    }

    /** Whether outputs wait for it. */
    boolean isGating() {
        return switch (stage) {
            case CANDIDATE, ENTERING, IN_SET, LEAVING -> true;
            case GREETING, BOOTSTRAP, CATCHING_UP -> false;
        };
    }

    /** Whether the arbiter has noted it, or may have. */
    boolean mayTakeOver() {
        return switch (stage) {
            case ENTERING, IN_SET, LEAVING -> true;
            case GREETING, BOOTSTRAP, CATCHING_UP, CANDIDATE -> false;
        };
    }

    /** So long it may be silent. One that is sent memory has much to do, and may be slow. */
    long patience(long detectNanos) {
        return switch (stage) {
            case GREETING, BOOTSTRAP, CATCHING_UP -> Silence.whileGreeted(detectNanos);
            case CANDIDATE, ENTERING, IN_SET, LEAVING -> Silence.whileFollowing(moves, detectNanos);
        };
    }

    /** The number of the event up to which outputs may leave for its sake, exclusive. */
    long acknowledged(Message.Commit commit) {
        return switch (commit) {
            case NONE -> Long.MAX_VALUE;
            case RECEIVED -> received;
            case REPLAYED -> replayed;
        };
    }

    /** The last mark up to which outputs may leave for its sake. */
    long lastMark(Message.Commit commit) {
        long acknowledged = acknowledged(commit);
        return acknowledged == Long.MAX_VALUE ? acknowledged : acknowledged - 1;
    }

    void take(Message.Ack ack) {
        received = Math.max(received, ack.received());
        replayed = Math.max(replayed, Math.min(ack.replayed(), received));
        steps = ack.steps();
        digestEvent = ack.digestEvent();
        digest = ack.digest();
    }
}
