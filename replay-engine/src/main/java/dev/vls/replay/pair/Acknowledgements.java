package dev.vls.replay.pair;

import dev.vls.replay.pair.FollowerHost.Progress;
import dev.vls.replay.wire.Message;
import org.jspecify.annotations.Nullable;

/** What a follower has told its leader of how far it has come. */
final class Acknowledgements {
    /** Within the time in which silence is death, though there is nothing new. */
    private static final int ACKS = 5;

    private long sentNanos = Long.MIN_VALUE;
    private long lastReceived = -1;
    private long lastReplayed = -1;

    /**
     * What is to be told; null if that has been told.
     *
     * @param received the event that comes next
     * @param now in nanoseconds
     * @param often said again after so many nanoseconds by {@link #ACKS}; 0 for not at all
     */
    Message.@Nullable Ack next(long received, Progress progress, long now, long often) {
        boolean due = often != 0 && (sentNanos == Long.MIN_VALUE || now - sentNanos > often / ACKS);
        if (!due && received == lastReceived && progress.replayed() == lastReplayed) {
            return null;
        }
        sentNanos = now;
        lastReceived = received;
        lastReplayed = progress.replayed();
        return new Message.Ack(
                received,
                Math.min(progress.replayed(), received),
                progress.steps(),
                progress.digestEvent(),
                progress.digest());
    }
}
