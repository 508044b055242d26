package dev.vls.replay.pair;

import dev.vls.replay.wire.Message;
import dev.vls.replay.wire.WireException;
import org.jspecify.annotations.Nullable;

/**
 * What a follower has of its guest: the state piece by piece, how much of memory, and how far the
 * log. Refuses what comes out of order.
 */
final class ArrivingGuest {
    private static final byte[] NOTHING = {};

    private Message.@Nullable Instant instant;
    private byte[] state = NOTHING;
    private int filled;
    private long pages;
    private boolean complete;
    private boolean replays;
    private long nextEvent;

    /** The event that comes next; 0 as long as nothing is known of it. */
    long nextEvent() {
        return nextEvent;
    }

    boolean hasInstant() {
        return instant != null;
    }

    /** Whether all of memory is there. */
    boolean isComplete() {
        return complete;
    }

    /** Whether the replay has been begun. */
    boolean isReplayed() {
        return replays;
    }

    void pages(int count) {
        if (complete) {
            throw new WireException("pages behind the last one");
        }
        pages += count;
    }

    void begin(Message.Instant begun) {
        if (instant != null) {
            throw new WireException("a second instant");
        }
        instant = begun;
        state = new byte[begun.stateBytes()];
        nextEvent = begun.nextEvent();
    }

    void state(byte[] piece) {
        if (replays || piece.length == 0 || filled + piece.length > state.length) {
            throw new WireException("more state than there is");
        }
        System.arraycopy(piece, 0, state, filled, piece.length);
        filled += piece.length;
    }

    void complete(long sent) {
        if (sent != pages) {
            throw new WireException(
                    "memory is said to be complete with %d pages, and %d have come"
                            .formatted(sent, pages));
        }
        if (!replays && !hasState()) {
            throw new WireException("memory is complete, and the state is not");
        }
        complete = true;
    }

    /** Whether all of the state is there, so that the replay can begin. */
    boolean hasState() {
        return instant != null && filled == state.length;
    }

    /** The instant, which has come. */
    Message.Instant instant() {
        Message.Instant begun = instant;
        if (begun == null) {
            throw new IllegalStateException("no instant has come");
        }
        return begun;
    }

    /** All of the state, which is the taker's: the replay begins. */
    byte[] takeState() {
        replays = true;
        byte[] taken = state;
        state = NOTHING;
        filled = 0;
        return taken;
    }

    /** A chunk of log comes. A leader's chunks may begin before the instant. */
    void log(long firstEvent, int events) {
        long behind = firstEvent + events;
        if (instant == null || firstEvent > nextEvent || behind <= nextEvent) {
            throw new WireException("log that does not go on from event " + nextEvent);
        }
        nextEvent = behind;
    }
}
