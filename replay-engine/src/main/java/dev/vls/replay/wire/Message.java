package dev.vls.replay.wire;

import java.util.Optional;
import java.util.UUID;

/** A frame of docs/spec/replication-protocol.md. Arrays are not changed by anybody. */
@SuppressWarnings("ArrayRecordComponent") // Passed on, compared by nobody.
public sealed interface Message {
    /** What a follower comes for. */
    enum Purpose {
        FOLLOW,
        TAKE_OVER
    }

    /** When an output may leave. */
    enum Commit {
        /** At once. */
        NONE,
        /** When the log up to it has arrived. */
        RECEIVED,
        /** When it has been replayed. */
        REPLAYED
    }

    /** Why a side wants no more of the other. */
    enum Refusal {
        VERSION,
        DOMAIN,
        NO_ROOM,
        NOT_FOLLOWED,
        MALFORMED,
        CERTIFICATE,
        NOT_LEADER;

        static final Refusal[] ALL = values();
    }

    /** Why a connection ends that was good. */
    enum Parting {
        ENDED,
        OPERATOR,
        DIVERGED,
        FENCED,
        TAKING_OVER,
        LAGGING;

        static final Parting[] ALL = values();
    }

    /** The follower's first word; epoch and next event are 0 if it has nothing. */
    record Hello(
            int versionNewest,
            int versionOldest,
            long features,
            String domain,
            UUID node,
            long epoch,
            long nextEvent,
            Purpose purpose)
            implements Message {}

    /** The leader's. */
    record Welcome(
            int version,
            long features,
            String domain,
            UUID node,
            long epoch,
            boolean resumes,
            String arbiter,
            int detectMillis,
            Commit commit,
            byte[] header)
            implements Message {}

    record Refuse(Refusal code, String reason) implements Message {}

    /** Records of frames; the content is lent. */
    record Pages(long round, int pages, Lent content) implements Message {}

    record Instant(
            long nextEvent,
            long steps,
            long consoleBytes,
            long frames,
            byte[] outputDigest,
            int stateBytes)
            implements Message {}

    /** Frames that come behind their instant: a bit each, from the lowest of the first byte on. */
    record Missing(long firstFrame, byte[] bits) implements Message {}

    record State(byte[] piece) implements Message {}

    record Complete(long pages) implements Message {}

    record Log(long firstEvent, int events, long released, Packed content) implements Message {}

    record Heartbeat(long published, long released, boolean inSet) implements Message {}

    record Ack(long received, long replayed, long steps, long digestEvent, byte[] digest)
            implements Message {}

    record PageRequest(long[] frames) implements Message {}

    record HandOver(long nextEvent) implements Message {}

    /**
     * An Ethernet frame that came while the guest stood still behind {@link HandOver}, or before.
     */
    record LateFrame(int device, byte[] frame) implements Message {}

    /** A guest goes on; what that took behind {@link HandOver}. */
    record Taken(long epoch, long arbiterMicros, long liveMicros) implements Message {}

    record Bye(Parting why, String text) implements Message {}

    record Disk(int disk, long firstSector, Packed content) implements Message {}

    /** A constant of an enumeration by its place; nothing if there is none. */
    static <E> Optional<E> constant(E[] all, int index) {
        return index < all.length ? Optional.of(all[index]) : Optional.empty();
    }
}
