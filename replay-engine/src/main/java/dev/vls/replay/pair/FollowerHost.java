package dev.vls.replay.pair;

import dev.vls.replay.wire.Message;
import java.util.UUID;

/** What a {@link Follower} has done for it. */
public interface FollowerHost {
    /** Why a follower ends. */
    enum Ending {
        /** The guest has ended, and so has its replay. */
        ENDED,
        /** The leader cannot be reached, or is lost and nobody takes over here. */
        UNREACHABLE,
        /** The leader, or this side, has refused. */
        REFUSED,
        /** The leader was stopped by its operator. */
        LEFT
    }

    /** How far the replay is. */
    @SuppressWarnings("ArrayRecordComponent") // Passed on, compared by nobody.
    record Progress(long replayed, long steps, long digestEvent, byte[] digest) {}

    /** The time now, for figures. */
    long nanos();

    /** An id that nobody has had; a follower that begins anew is another one. */
    UUID newId();

    /**
     * Connects to a leader; {@link Follower#connected} or {@link Follower#unreachable} tells what
     * came of it.
     *
     * @param address empty for the one that the operator named
     */
    void connect(String address);

    /**
     * The guest that will come; nothing of one that came before is wanted any more.
     *
     * @throws IllegalArgumentException if it cannot be followed here: says why
     */
    void begin(Message.Welcome welcome);

    /**
     * Pages of it.
     *
     * @throws dev.vls.replay.wire.WireException if they are none
     */
    void pages(Message.Pages pages);

    /** A part of a disk. */
    void disk(Message.Disk disk);

    /** Log from here on will come, and the state. */
    void instant(Message.Instant instant);

    /**
     * Frames that are to come behind their instant.
     *
     * @throws dev.vls.replay.wire.WireException if the machine has not so many
     */
    void missing(Message.Missing missing);

    /**
     * The state is there, and memory as well but for what is missing: the replay begins.
     *
     * @throws dev.vls.replay.wire.WireException if it is no state of this guest
     */
    void replay(Message.Instant instant, byte[] state);

    /**
     * All pages are said to be there.
     *
     * @throws dev.vls.replay.wire.WireException if any is missing
     */
    void complete();

    /**
     * Log to replay, without gaps and not twice.
     *
     * @throws dev.vls.replay.wire.WireException if it is none
     */
    void log(Message.Log log);

    /** A frame for the guest, once it goes on here. */
    void lateFrame(int device, byte[] frame);

    Progress progress();

    /** The leader has let outputs out up to a mark. */
    void released(long nextMark);

    /** This side leads from now on, behind what it has received. */
    void takeOver(Arbiter arbiter, long version, Register register);

    /** It is over; called once. */
    void stop(Ending why, String text);

    /** One line for the operator. */
    void report(String line);
}
