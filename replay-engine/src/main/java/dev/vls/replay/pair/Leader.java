package dev.vls.replay.pair;

import dev.vls.replay.pair.FollowerSession.Stage;
import dev.vls.replay.wire.Message;
import dev.vls.replay.wire.Message.Parting;
import dev.vls.replay.wire.Message.Refusal;
import dev.vls.replay.wire.Packed;
import dev.vls.replay.wire.WireFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * The leader's side: lets followers in, sends them the guest and its log, and says how far outputs
 * may leave. One thread; told of everything, the time included.
 */
public final class Leader {
    static final int FOLLOWERS_MAX = 8;
    static final int GREETING_MAX = 16;

    /** A follower has so much log that it has not replayed; then it is sent no more for a while. */
    private static final long WINDOW_EVENTS = 1 << 18;

    /** Heartbeats within the time in which silence is death. */
    private static final int BEATS = 5;

    /**
     * What does not change.
     *
     * @param header the JSON that says what guest it is
     * @param detectNanos after so much silence a follower is lost
     * @param lagNanos followers may be so far behind
     */
    @SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
    public record Settings(
            UUID node,
            String domain,
            String address,
            byte[] header,
            Message.Commit commit,
            long detectNanos,
            long lagNanos) {}

    private final Settings settings;
    private final LeaderHost host;
    private final Arbiter arbiter;
    private final RegisterKeeper keeper;
    private final LogStore store = new LogStore();
    private final Followers followers = new Followers();

    private long now;
    private long beatAt = Long.MIN_VALUE;
    private long gate = Long.MAX_VALUE;
    private boolean fenced;
    private boolean handingOver;
    private boolean standing;

    public Leader(Settings settings, LeaderHost host, Arbiter arbiter) {
        this.settings = settings;
        this.host = host;
        this.arbiter = arbiter;
        this.keeper =
                new RegisterKeeper(arbiter, settings.node, settings.address, new FromArbiter());
    }

    /** The arbiter has noted already that this side leads. */
    public void won(long version, Register register) {
        keeper.won(version, register);
    }

    // --- what happens ---

    /** Somebody has connected. */
    public void connected(Link link) {
        if (followers.greeting() >= GREETING_MAX) {
            link.close();
            return;
        }
        followers.add(new FollowerSession(link, now));
    }

    /** A connection has ended, for whatever reason. */
    public void disconnected(Link link) {
        FollowerSession session = followers.remove(link);
        if (session == null) {
            return;
        }
        cancelBootstrap(session);
        if (session.stage != Stage.GREETING) {
            host.report("follower %s is gone".formatted(link.peer()));
        }
        session.stage = Stage.LEAVING;
        update();
    }

    private static void cancelBootstrap(FollowerSession session) {
        LeaderHost.Bootstrap bootstrap = session.bootstrap;
        session.bootstrap = null;
        if (bootstrap != null) {
            bootstrap.cancel();
        }
    }

    /** A frame has arrived that can be read. */
    public void received(Link link, Message message) {
        FollowerSession session = followers.of(link);
        if (session == null) {
            return;
        }
        session.silence.end();
        switch (message) {
            case Message.Hello hello when session.stage == Stage.GREETING -> greet(session, hello);
            case Message.Ack ack when session.stage != Stage.GREETING -> {
                session.take(ack);
                // What waits for this first of all.
                openGate();
                update();
            }
            case Message.PageRequest request -> {
                LeaderHost.Bootstrap bootstrap = session.bootstrap;
                if (bootstrap != null) {
                    bootstrap.request(request.frames());
                }
            }
            case Message.Bye bye -> farewell(session, bye);
            case Message.Refuse refuse -> {
                host.report("follower %s refuses: %s".formatted(link.peer(), refuse.reason()));
                drop(session);
            }
            case Message.Taken taken -> {
                fenced = true;
                host.handedOver(taken);
            }
            default -> malformed(link, "a frame that comes out of turn");
        }
    }

    /** What has arrived is no frame. */
    public void malformed(Link link, String what) {
        FollowerSession session = followers.of(link);
        if (session != null) {
            refuse(session, Refusal.MALFORMED, what);
        }
    }

    /** A chunk of log is there. */
    public void append(Packed content, long firstEvent, int events) {
        store.add(new LogStore.Chunk(firstEvent, events, content, now));
    }

    /** There may be log to send, or room to send it. */
    public void pump() {
        for (FollowerSession session : followers.connected()) {
            LeaderHost.Bootstrap bootstrap = session.bootstrap;
            if (bootstrap != null && session.link.isWritable()) {
                bootstrap.proceed();
            }
            if (session.streams) {
                stream(session);
            }
        }
    }

    /** Time has passed; to be called every few milliseconds. */
    public void tick(long nanos) {
        now = nanos;
        for (FollowerSession session : followers.connected()) {
            session.silence.tick(nanos);
            if (session.silence.isLongerThan(session.patience(settings.detectNanos))) {
                drop(session);
            }
        }
        pump();
        if (now - beatAt >= settings.detectNanos / BEATS || beatAt == Long.MIN_VALUE) {
            beatAt = now;
            for (FollowerSession session : followers.connected()) {
                if (session.stage != Stage.GREETING) {
                    session.link.send(
                            new Message.Heartbeat(
                                    host.published() + 1,
                                    host.releasedTo() + 1,
                                    session.stage == Stage.IN_SET));
                }
            }
        }
        tellLag();
        update();
    }

    /** The guest has ended, or the operator wants no more: says so to everybody. */
    public void end(Parting why, String text) {
        pump();
        for (FollowerSession session : followers.connected()) {
            session.link.send(new Message.Bye(why, text));
            session.link.close();
            cancelBootstrap(session);
        }
        followers.clear();
    }

    /**
     * Whether the machine stands still, so that nothing more will be published for the time being.
     */
    public void setStanding(boolean now) {
        standing = now;
        handingOver &= now;
    }

    /** Whether a follower may take over. */
    public boolean isInSet(Link link) {
        FollowerSession session = followers.of(link);
        return session != null && session.stage == Stage.IN_SET;
    }

    /** How far a follower's replay is behind, in nanoseconds; 0 if it is not known. */
    public long lagOf(Link link) {
        FollowerSession session = followers.of(link);
        return session == null || !session.complete ? 0 : lagOf(session);
    }

    /** Whether a follower is connected, or may take over though it is not. */
    public boolean isKnown(Link link) {
        return followers.isKnown(link);
    }

    /** The machine stands still behind the last event: a follower in the set is to go on for it. */
    public void handOver(Link heir) {
        handingOver = true;
        pump();
        heir.send(new Message.HandOver(store.nextEvent()));
    }

    /** A frame has come for the guest, which stands still: it is the heir's. */
    public void late(Link heir, int device, byte[] frame) {
        if (isKnown(heir) && frame.length <= WireFormat.LATE_FRAME_MAX) {
            heir.send(new Message.LateFrame(device, frame));
        }
    }

    // --- followers ---

    private void greet(FollowerSession session, Message.Hello hello) {
        if (fenced || handingOver) {
            refuse(session, Refusal.NOT_LEADER, "somebody else leads this guest");
        } else if (hello.versionOldest() > WireFormat.VERSION
                || hello.versionNewest() < WireFormat.VERSION_OLDEST) {
            refuse(
                    session,
                    Refusal.VERSION,
                    "this leader speaks versions %d to %d of the protocol, the follower %d to %d: use builds of vls that are nearer"
                            .formatted(
                                    WireFormat.VERSION_OLDEST,
                                    WireFormat.VERSION,
                                    hello.versionOldest(),
                                    hello.versionNewest()));
        } else if (!hello.domain().isEmpty() && !hello.domain().equals(settings.domain)) {
            refuse(
                    session,
                    Refusal.DOMAIN,
                    "the guest here is %s, not %s".formatted(settings.domain, hello.domain()));
        } else if (keeper.epoch() == 0) {
            refuse(session, Refusal.NOT_FOLLOWED, "the arbiter has not answered yet: try again");
        } else if (followers.greeted() >= FOLLOWERS_MAX) {
            refuse(
                    session,
                    Refusal.NO_ROOM,
                    "a leader has at most %d followers".formatted(FOLLOWERS_MAX));
        } else {
            welcome(session, hello);
        }
    }

    private void welcome(FollowerSession session, Message.Hello hello) {
        session.node = hello.node();
        FollowerSession givenUp = followers.givenUpBy(session);
        if (givenUp != null) {
            drop(givenUp);
        }
        session.moves = hello.purpose() == Message.Purpose.TAKE_OVER;
        session.features =
                hello.features()
                        & (WireFormat.FEATURE_ZSTD
                                | WireFormat.FEATURE_PAGE_REQUESTS
                                | WireFormat.FEATURE_DISKS);
        boolean resumes = hello.epoch() != 0;
        if (resumes && (hello.epoch() != keeper.epoch() || !store.has(hello.nextEvent()))) {
            session.link.send(new Message.Bye(Parting.LAGGING, "the log that is missing is gone"));
            drop(session);
            return;
        }
        session.link.send(
                new Message.Welcome(
                        Math.min(hello.versionNewest(), WireFormat.VERSION),
                        session.features,
                        settings.domain,
                        settings.node,
                        keeper.epoch(),
                        resumes,
                        arbiter.name(),
                        (int) (settings.detectNanos / 1_000_000),
                        settings.commit,
                        settings.header));
        if (resumes) {
            host.report("follower %s is back".formatted(session.link.peer()));
            session.firstEvent = hello.nextEvent();
            session.nextEvent = hello.nextEvent();
            session.received = hello.nextEvent();
            session.complete = true;
            session.streams = true;
            session.stage = Stage.CATCHING_UP;
            followers.inherit(session);
            stream(session);
        } else {
            host.report("follower %s is sent the guest".formatted(session.link.peer()));
            session.stage = Stage.BOOTSTRAP;
            session.bootstrap =
                    host.bootstrap(
                            hello.purpose(),
                            session.features,
                            message -> bootstrapped(session, message),
                            session.link::isWritable);
        }
    }

    private void bootstrapped(FollowerSession session, Message message) {
        if (session.stage != Stage.BOOTSTRAP) {
            return;
        }
        session.link.send(message);
        if (message instanceof Message.Instant instant) {
            session.firstEvent = instant.nextEvent();
            session.nextEvent = instant.nextEvent();
            session.streams = true;
        } else if (message instanceof Message.Complete) {
            session.complete = true;
            session.bootstrap = null;
            session.stage = Stage.CATCHING_UP;
        }
    }

    private void stream(FollowerSession session) {
        while (session.link.isWritable()
                && session.nextEvent < store.nextEvent()
                && session.nextEvent - session.wantsNext() < WINDOW_EVENTS) {
            LogStore.Chunk chunk = store.of(session.nextEvent);
            if (chunk == null) {
                session.link.send(
                        new Message.Bye(Parting.LAGGING, "the log that is missing is gone"));
                drop(session);
                return;
            }
            session.link.send(
                    new Message.Log(
                            chunk.firstEvent(),
                            chunk.events(),
                            host.releasedTo() + 1,
                            chunk.content()));
            session.nextEvent = chunk.nextEvent();
        }
    }

    private void farewell(FollowerSession session, Message.Bye bye) {
        if (bye.why() == Parting.DIVERGED) {
            host.diverged(session.link.peer(), bye.text());
        } else {
            host.report("follower %s leaves: %s".formatted(session.link.peer(), bye.text()));
        }
        drop(session);
    }

    private void refuse(FollowerSession session, Refusal code, String reason) {
        host.report("%s is refused: %s".formatted(session.link.peer(), reason));
        session.link.send(new Message.Refuse(code, reason));
        drop(session);
    }

    private void drop(FollowerSession session) {
        session.link.close();
        disconnected(session.link);
    }

    // --- how far outputs may leave ---

    private void tellLag() {
        long worst = 0;
        boolean settled = true;
        for (FollowerSession session : followers.connected()) {
            if (session.complete && session.replayed >= session.firstEvent) {
                long lag = lagOf(session);
                settled &= session.stage != Stage.CATCHING_UP;
                worst = Math.max(worst, lag);
                if (session.stage == Stage.CATCHING_UP && lag <= settings.lagNanos) {
                    session.stage = Stage.CANDIDATE;
                    openGate();
                    session.candidateFrom = host.published() + 1;
                    host.nudge();
                }
            }
        }
        host.lag(worst, settled);
    }

    /** The age of the oldest event that it has not replayed. */
    private long lagOf(FollowerSession session) {
        LogStore.Chunk oldest = store.of(session.wantsNext());
        return oldest == null ? 0 : now - oldest.nanos();
    }

    private void update() {
        for (FollowerSession session : followers.connected()) {
            if (session.stage == Stage.CANDIDATE && hasSettled(session)) {
                session.stage = Stage.ENTERING;
            }
        }
        if (!fenced) {
            keeper.keep(now, followers.wanted());
        }
        openGate();
    }

    /** Nothing has left that it does not have to come to. */
    private boolean hasSettled(FollowerSession session) {
        long acknowledged = Math.min(session.received, session.acknowledged(settings.commit));
        // While the machine stands still nothing is published that it could wait for.
        return acknowledged > session.candidateFrom
                || (standing && acknowledged >= host.published() + 1);
    }

    private void openGate() {
        long open = followers.lastMark(settings.commit);
        if (fenced) {
            open = Math.min(open, gate);
        }
        if (open != gate) {
            gate = open;
            host.openGate(open);
        }
    }

    private final class FromArbiter implements RegisterKeeper.Listener {
        @Override
        public void noted(Set<UUID> set) {
            followers.forgetAllBut(set);
            for (FollowerSession session : followers.connected()) {
                if (session.stage == Stage.ENTERING && set.contains(session.node)) {
                    session.stage = Stage.IN_SET;
                    host.report("follower %s may take over".formatted(session.link.peer()));
                }
            }
            openGate();
        }

        @Override
        public void fenced(Register other) {
            fenced = true;
            host.fenced(
                    "another leader has epoch %d of this guest%s"
                            .formatted(
                                    other.epoch(),
                                    other.address().isEmpty() ? "" : ", at " + other.address()));
        }

        @Override
        public void report(String line) {
            host.report(line);
        }
    }

    // --- what it looks like ---

    /** Bytes of log that were published so far. */
    public long logBytes() {
        return store.totalBytes();
    }

    /** How things stand; on this thread. */
    public LeaderView view() {
        List<LeaderView.Of> seen = new ArrayList<>();
        for (FollowerSession session : followers.connected()) {
            seen.add(new LeaderView.Of(session, session.complete ? lagOf(session) : 0));
        }
        return new LeaderView(
                keeper.epoch(),
                host.published() + 1,
                host.releasedTo() + 1,
                store.totalBytes(),
                keeper.isAway(),
                seen);
    }
}
