package dev.vls.replay.pair;

import dev.vls.replay.pair.FollowerSession.Stage;
import dev.vls.replay.wire.Message;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** All followers of a leader: those that are connected, and those whose word still counts. */
final class Followers {
    private final Map<Link, FollowerSession> sessions = new LinkedHashMap<>();

    /** Followers that are gone, and may take over nevertheless. */
    private final List<FollowerSession> leaving = new ArrayList<>();

    void add(FollowerSession session) {
        sessions.put(session.link, session);
    }

    @Nullable FollowerSession of(Link link) {
        return sessions.get(link);
    }

    /** One whose connection has ended; null if it is not known. */
    @Nullable FollowerSession remove(Link link) {
        FollowerSession session = sessions.remove(link);
        if (session != null && session.mayTakeOver()) {
            leaving.add(session);
        }
        return session;
    }

    /** Everybody is told to go. */
    void clear() {
        sessions.clear();
    }

    /** Those that are connected, as they are now. */
    List<FollowerSession> connected() {
        return List.copyOf(sessions.values());
    }

    long greeting() {
        return sessions.values().stream().filter(s -> s.stage == Stage.GREETING).count();
    }

    long greeted() {
        return sessions.size() - greeting();
    }

    /** Whether a follower is connected, or may take over though it is not. */
    boolean isKnown(Link link) {
        return sessions.containsKey(link)
                || leaving.stream().anyMatch(session -> session.link.equals(link));
    }

    /** Another connection of the same follower, which that has given up; null if there is none. */
    @Nullable FollowerSession givenUpBy(FollowerSession session) {
        for (FollowerSession other : sessions.values()) {
            if (other != session && other.node.equals(session.node)) {
                return other;
            }
        }
        return null;
    }

    /** One that lost its connection and nothing else may take over all the while, or is to. */
    void inherit(FollowerSession session) {
        for (FollowerSession before : leaving) {
            if (before.node.equals(session.node)) {
                session.stage = Stage.ENTERING;
                session.received = Math.max(session.received, before.received);
                session.replayed = Math.max(session.replayed, before.replayed);
            }
        }
        leaving.removeIf(before -> before.node.equals(session.node));
    }

    /** The set that the arbiter is to note: those who may take over. */
    Set<UUID> wanted() {
        Set<UUID> wanted = new TreeSet<>();
        for (FollowerSession session : sessions.values()) {
            if (session.mayTakeOver()) {
                wanted.add(session.node);
            }
        }
        return wanted;
    }

    /** The arbiter has noted a set: who has left it counts no more. */
    void forgetAllBut(Set<UUID> set) {
        leaving.removeIf(session -> !set.contains(session.node));
    }

    /** The last mark up to which outputs may leave for everybody's sake. */
    long lastMark(Message.Commit commit) {
        long open = Long.MAX_VALUE;
        for (FollowerSession session : sessions.values()) {
            open = session.isGating() ? Math.min(open, session.lastMark(commit)) : open;
        }
        for (FollowerSession session : leaving) {
            open = Math.min(open, session.lastMark(commit));
        }
        return open;
    }
}
