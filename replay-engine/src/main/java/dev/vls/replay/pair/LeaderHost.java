package dev.vls.replay.pair;

import dev.vls.replay.wire.Message;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** What a {@link Leader} has done for it by the machine that it leads for. */
public interface LeaderHost {
    /**
     * Lets outputs out up to a mark in the log.
     *
     * @param mark {@link Long#MAX_VALUE} for all of them, at once
     */
    void openGate(long mark);

    /** The mark up to which outputs have left; -1 for none. */
    long releasedTo();

    /** Number of the last event that was published; -1 for none. */
    long published();

    /** Something is to be published soon, whatever the guest does. */
    void nudge();

    /** Sends the guest to a follower: pages, an instant, its state, COMPLETE. */
    interface Bootstrap {
        /** There is room to send more; called often. */
        void proceed();

        /** The follower needs these first. */
        void request(long[] frames);

        /** The follower is gone. */
        void cancel();
    }

    /**
     * Starts to send the guest.
     *
     * @param purpose what the follower comes for
     * @param features that both sides have
     * @param to takes frames, on the thread of the protocol
     * @param writable whether more may be sent
     */
    Bootstrap bootstrap(
            Message.Purpose purpose, long features, Consumer<Message> to, BooleanSupplier writable);

    /**
     * How far those that replay are behind.
     *
     * @param nanos the age of the oldest event that is not replayed everywhere; 0 for none
     * @param settled whether the followers may take over already; one that is new may be further
     *     behind
     */
    void lag(long nanos, boolean settled);

    /** A follower has found that its replay is another run. */
    void diverged(String peer, String what);

    /** Somebody else leads: nothing may leave this machine any more. */
    void fenced(String why);

    /** A follower goes on for this machine, on purpose. */
    void handedOver(Message.Taken taken);

    /** One line for the operator. */
    void report(String line);
}
