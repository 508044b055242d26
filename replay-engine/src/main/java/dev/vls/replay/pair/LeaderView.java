package dev.vls.replay.pair;

import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * How things stand with a leader, for those who look.
 *
 * @param published the event that is published next
 * @param released the mark that is released next
 * @param logBytes that were published so far
 */
public record LeaderView(
        long epoch,
        long published,
        long released,
        long logBytes,
        boolean arbiterAway,
        List<Of> followers) {

    /**
     * A follower.
     *
     * @param steps that its replay has taken
     * @param digestEvent the last digest of outputs that its replay has found to be the same
     * @param digest it, in hexadecimal digits
     * @param lagNanos the age of the oldest event that it has not replayed
     */
    public record Of(
            String peer,
            String stage,
            long received,
            long replayed,
            long steps,
            long digestEvent,
            String digest,
            long lagNanos) {
        Of(FollowerSession session, long lagNanos) {
            this(
                    session.link.peer(),
                    session.stage.name().toLowerCase(Locale.ROOT),
                    session.received,
                    session.replayed,
                    session.steps,
                    session.digestEvent,
                    HexFormat.of().formatHex(session.digest),
                    lagNanos);
        }
    }
}
