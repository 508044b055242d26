package dev.vls.replay.pair;

import dev.vls.replay.pair.FollowerHost.Ending;
import dev.vls.replay.pair.FollowerHost.Progress;
import dev.vls.replay.wire.Message;
import dev.vls.replay.wire.Message.Parting;
import dev.vls.replay.wire.Message.Purpose;
import dev.vls.replay.wire.Message.Refusal;
import dev.vls.replay.wire.WireException;
import dev.vls.replay.wire.WireFormat;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A follower's side: gets the guest, has its log replayed, acknowledges, notices when the leader is
 * silent, and takes over if the arbiter lets it. One thread; told of everything, the time included.
 */
public final class Follower {
    /** Where it stands. */
    private enum Stage {
        CONNECTING,
        GREETING,
        BOOTSTRAP,
        FOLLOWING,
        /** The connection is lost; it may come back. */
        LOST,
        /** The arbiter is asked. */
        CLAIMING,
        LEADING,
        STOPPED
    }

    private static final long RECONNECT_NANOS = 20_000_000;

    /** So long a follower that may not take over looks for its leader. */
    private static final long SEARCH_NANOS = 3_000_000_000L;

    /**
     * What does not change.
     *
     * @param domain empty for whichever
     * @param features of {@link WireFormat} that this side has
     * @param address where others can follow this side once it leads; empty for nowhere
     */
    public record Settings(
            String domain, String address, Purpose purpose, boolean takesOver, long features) {}

    private final Settings settings;
    private final FollowerHost host;
    private final ArbiterChoice arbiters;
    private final Claim claim;
    private UUID node;
    private Stage stage = Stage.CONNECTING;
    private String address = "";
    private @Nullable Link link;
    private @Nullable Arbiter arbiter;
    private long now;

    // What is known of the leader.
    private long epoch;
    private UUID leader = new UUID(0, 0);
    private long detectNanos = Silence.GREETING_NANOS;
    private boolean inSet;

    /**
     * The replay can begin before all pages are there. Not with disks: what it wrote to one would
     * be overwritten by what was there before.
     */
    private boolean replaysEarly;

    private Silence silence = new Silence(0);
    private Acknowledgements acknowledgements = new Acknowledgements();

    private ArrivingGuest guest = new ArrivingGuest();

    /** When the leader has handed over; 0 if it has not. */
    private long handedOverNanos;

    private long wonNanos;

    // What is under way.
    private long stageSince;
    private long nextTry;

    /** So long another follower that the arbiter says leads may take until it does. */
    private long successorUntil = Long.MIN_VALUE;

    private boolean connecting;

    /** Finds the arbiter that a leader names. */
    public interface ArbiterChoice {
        /** Null if there is none that decides for this guest on this host. */
        @Nullable Arbiter of(String name, String domain);
    }

    public Follower(Settings settings, FollowerHost host, ArbiterChoice arbiters) {
        this.settings = settings;
        this.host = host;
        this.arbiters = arbiters;
        this.claim = new Claim(settings.address, new FromArbiter());
        this.node = host.newId();
    }

    /** Begins. */
    public void start(long nanos) {
        now = nanos;
        silence = new Silence(nanos);
        stageSince = nanos;
        connect();
    }

    private void connect() {
        if (!connecting) {
            connecting = true;
            nextTry = now + RECONNECT_NANOS;
            host.connect(address);
        }
    }

    // --- what happens ---

    /** The connection that was wanted is there. */
    public void connected(Link made) {
        connecting = false;
        if (stage != Stage.CONNECTING && stage != Stage.LOST && stage != Stage.CLAIMING) {
            made.close();
            return;
        }
        link = made;
        boolean resumes = guest.isComplete();
        made.send(
                new Message.Hello(
                        WireFormat.VERSION,
                        WireFormat.VERSION_OLDEST,
                        settings.features,
                        settings.domain,
                        node,
                        resumes ? epoch : 0,
                        resumes ? guest.nextEvent() : 0,
                        settings.purpose));
        if (stage == Stage.CONNECTING) {
            enter(Stage.GREETING);
            silence.end();
        }
    }

    /** There is no connection to be had. */
    public void unreachable(String why) {
        connecting = false;
        if (stage == Stage.CONNECTING) {
            stop(Ending.UNREACHABLE, why);
        } else if (stage == Stage.LOST && settings.takesOver && arbiter != null) {
            // Nobody is there any more: the arbiter need not wait for the bound.
            claim();
        }
    }

    /** The connection has ended, for whatever reason. */
    public void disconnected(Link ended) {
        if (!ended.equals(link)) {
            return;
        }
        link = null;
        if (stage == Stage.GREETING && awaitsSuccessor()) {
            // A refusal is lost where the connection ends before it has been read.
            tryAgain();
        } else if (stage == Stage.GREETING || stage == Stage.BOOTSTRAP) {
            stop(Ending.UNREACHABLE, "the leader has gone before the guest was here");
        } else if (stage == Stage.FOLLOWING) {
            lost();
        }
    }

    private void lost() {
        closeLink();
        enter(Stage.LOST);
        connect();
    }

    /** Nothing more is wanted of the connection, if there is one. */
    private void closeLink() {
        Link old = link;
        link = null;
        if (old != null) {
            old.close();
        }
    }

    /** As {@link #closeLink}, behind a last word. */
    private void part(Message word) {
        Link to = link;
        if (to != null) {
            to.send(word);
        }
        closeLink();
    }

    private void enter(Stage next) {
        stage = next;
        stageSince = now;
    }

    /** What has arrived is no frame. */
    public void malformed(Link from, String what) {
        if (from.equals(link)) {
            refuse(Refusal.MALFORMED, "the leader sends what is not of the protocol: " + what);
        }
    }

    /** A frame has arrived. */
    public void received(Link from, Message message) {
        if (!from.equals(link) || stage == Stage.STOPPED) {
            return;
        }
        if (message instanceof Message.LateFrame late && handedOverNanos != 0) {
            host.lateFrame(late.device(), late.frame());
            return;
        }
        if (stage == Stage.LEADING) {
            return;
        }
        silence.end();
        try {
            handle(message);
        } catch (WireException e) {
            refuse(Refusal.MALFORMED, String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) {
            refuse(Refusal.NOT_FOLLOWED, String.valueOf(e.getMessage()));
        }
    }

    private void handle(Message message) {
        switch (message) {
            case Message.Welcome welcome -> welcome(welcome);
            case Message.Pages pages when stage == Stage.BOOTSTRAP -> {
                guest.pages(pages.pages());
                host.pages(pages);
            }
            case Message.Disk disk when stage == Stage.BOOTSTRAP -> host.disk(disk);
            case Message.Instant begun when stage == Stage.BOOTSTRAP -> {
                guest.begin(begun);
                host.instant(begun);
            }
            case Message.Missing missing when isBehindInstant() -> host.missing(missing);
            case Message.State piece when isBehindInstant() -> {
                guest.state(piece.piece());
                if (replaysEarly && guest.hasState()) {
                    replay();
                }
            }
            case Message.Complete all when stage == Stage.BOOTSTRAP -> {
                guest.complete(all.pages());
                host.complete();
                if (!guest.isReplayed()) {
                    replay();
                }
                enter(Stage.FOLLOWING);
            }
            case Message.Log log -> {
                guest.log(log.firstEvent(), log.events());
                host.log(log);
                host.released(log.released());
                acknowledge(false);
            }
            case Message.Heartbeat beat -> {
                inSet = beat.inSet();
                host.released(beat.released());
            }
            case Message.HandOver over -> {
                handedOverNanos = host.nanos();
                claim();
            }
            case Message.Bye bye -> farewell(bye);
            case Message.Refuse refuse -> refused(refuse);
            default -> throw new WireException("a frame that comes out of turn");
        }
    }

    /** Whether what describes an instant may come. */
    private boolean isBehindInstant() {
        return stage == Stage.BOOTSTRAP && guest.hasInstant() && !guest.isReplayed();
    }

    private void replay() {
        host.replay(guest.instant(), guest.takeState());
    }

    /** The replay waits for frames. */
    public void request(long[] frames) {
        Link to = link;
        if (to != null && stage == Stage.BOOTSTRAP) {
            to.send(new Message.PageRequest(frames));
        }
    }

    private void welcome(Message.Welcome welcome) {
        boolean known =
                guest.isComplete() && welcome.epoch() == epoch && welcome.node().equals(leader);
        if (welcome.resumes() ? !known : guest.isReplayed()) {
            throw new WireException("the leader goes on with another guest");
        }
        if (claim.isOpen()) {
            // The arbiter may have said yes already: its answer is awaited.
            return;
        }
        epoch = welcome.epoch();
        leader = welcome.node();
        detectNanos = welcome.detectMillis() * 1_000_000L;
        replaysEarly =
                (welcome.features() & WireFormat.FEATURE_PAGE_REQUESTS) != 0
                        && (welcome.features() & WireFormat.FEATURE_DISKS) == 0;
        arbiter = arbiters.of(welcome.arbiter(), welcome.domain());
        if (welcome.resumes()) {
            host.report("the leader is back");
            enter(Stage.FOLLOWING);
            return;
        }
        if (settings.takesOver && arbiter == null) {
            host.report(
                    "no arbiter decides here who leads: this follower will not take over; name one with --arbiter on both sides");
        }
        host.begin(welcome);
        enter(Stage.BOOTSTRAP);
    }

    /** Nothing is left of the guest: what follows is another follower. */
    private void forget() {
        node = host.newId();
        epoch = 0;
        guest = new ArrivingGuest();
        inSet = false;
        handedOverNanos = 0;
        acknowledgements = new Acknowledgements();
    }

    private void farewell(Message.Bye bye) {
        switch (bye.why()) {
            case ENDED -> {
                host.report("the guest has ended: " + bye.text());
                stop(Ending.ENDED, bye.text());
            }
            case LAGGING -> {
                if (claim.isOpen()) {
                    // This side may lead already, and then nobody else has the guest.
                    closeLink();
                } else {
                    host.report(bye.text() + ": begins anew");
                    again();
                }
            }
            case OPERATOR, DIVERGED, FENCED, TAKING_OVER -> stop(Ending.LEFT, bye.text());
        }
    }

    private void refused(Message.Refuse refuse) {
        boolean notYet = refuse.code() == Refusal.NOT_LEADER && awaitsSuccessor();
        if (stage == Stage.LOST || stage == Stage.CLAIMING) {
            closeLink();
        } else if (stage == Stage.GREETING && notYet) {
            closeLink();
            tryAgain();
        } else {
            stop(Ending.REFUSED, refuse.reason());
        }
    }

    private void refuse(Refusal code, String reason) {
        part(new Message.Refuse(code, reason));
        stop(Ending.REFUSED, reason);
    }

    /** The replay is another run: it stops, and the leader goes on. */
    public void diverged(String what) {
        part(new Message.Bye(Parting.DIVERGED, what));
        stage = Stage.STOPPED;
    }

    /** The operator wants no more. */
    public void leave(String why) {
        part(new Message.Bye(Parting.OPERATOR, why));
        stage = Stage.STOPPED;
    }

    // --- time ---

    /** Time has passed; to be called every few milliseconds. */
    public void tick(long nanos) {
        silence.tick(nanos);
        now = nanos;
        switch (stage) {
            case GREETING, BOOTSTRAP -> {
                if (silence.isLongerThan(Silence.whileGreeted(detectNanos))) {
                    stop(Ending.UNREACHABLE, "the leader says nothing");
                } else {
                    acknowledge(true);
                }
            }
            case FOLLOWING -> {
                if (silence.isLongerThan(patience())) {
                    host.report("the leader is silent");
                    lost();
                } else {
                    acknowledge(true);
                }
            }
            case LOST -> look();
            case CLAIMING -> claim();
            case CONNECTING -> {
                if (now >= nextTry) {
                    connect();
                }
            }
            case LEADING, STOPPED -> {}
        }
    }

    private long patience() {
        return Silence.whileFollowing(settings.purpose == Purpose.TAKE_OVER, detectNanos);
    }

    /** The replay has come further. */
    public void progressed() {
        if (stage == Stage.FOLLOWING) {
            acknowledge(false);
        }
    }

    private void acknowledge(boolean alive) {
        Link to = link;
        if (to != null) {
            Message.Ack ack =
                    acknowledgements.next(
                            guest.nextEvent(), host.progress(), now, alive ? detectNanos : 0);
            if (ack != null) {
                to.send(ack);
            }
        }
    }

    /**
     * The leader may have lost a connection and nothing else: it is looked for, but not for long.
     */
    private void look() {
        if (settings.takesOver && arbiter != null && silence.isLongerThan(patience())) {
            claim();
        } else if (now - stageSince > Math.max(SEARCH_NANOS, detectNanos)) {
            stop(Ending.UNREACHABLE, "the leader is lost, and this follower does not take over");
        } else if (now >= nextTry && link == null) {
            connect();
        }
    }

    // --- taking over ---

    private void claim() {
        Arbiter decides = arbiter;
        if (decides == null) {
            stop(
                    Ending.UNREACHABLE,
                    "no arbiter decides who leads: this follower cannot take over");
            return;
        }
        if (stage != Stage.CLAIMING) {
            enter(Stage.CLAIMING);
        }
        claim.ask(decides, node, epoch, leader, now);
    }

    private final class FromArbiter implements Claim.Listener {
        @Override
        public void won(Arbiter decided, long version, Register mine) {
            if (stage == Stage.CLAIMING) {
                enter(Stage.LEADING);
                wonNanos = host.nanos();
                if (handedOverNanos == 0) {
                    part(new Message.Bye(Parting.TAKING_OVER, "the arbiter has decided"));
                }
                host.takeOver(decided, version, mine);
            }
        }

        @Override
        public void lost(Register other) {
            if (stage == Stage.CLAIMING) {
                follow(other);
            }
        }

        @Override
        public void notInSet() {
            if (stage == Stage.CLAIMING) {
                seek();
            }
        }

        @Override
        public void unknownLeader() {
            if (stage == Stage.CLAIMING) {
                stop(Ending.REFUSED, "the arbiter knows nothing of this leader: nobody takes over");
            }
        }

        @Override
        public void unanswered() {
            if (stage == Stage.CLAIMING && link == null) {
                connect();
            }
        }

        @Override
        public void report(String line) {
            host.report(line);
        }
    }

    /** The guest runs on here. */
    public void live() {
        if (handedOverNanos != 0) {
            part(
                    new Message.Taken(
                            epoch + 1,
                            (wonNanos - handedOverNanos) / 1000,
                            (host.nanos() - wonNanos) / 1000));
        }
    }

    /** Another follower has taken over: this one begins anew with it. */
    private void follow(Register other) {
        if (other.address().isEmpty()) {
            stop(Ending.UNREACHABLE, "another follower has taken over, and cannot be followed");
            return;
        }
        host.report("another follower has taken over: going on with " + other.address());
        address = other.address();
        successorUntil = now + Silence.GREETING_NANOS;
        again();
    }

    private boolean awaitsSuccessor() {
        return now < successorUntil;
    }

    /** As soon as the one who is to lead may do so. */
    private void tryAgain() {
        stage = Stage.CONNECTING;
        nextTry = now + RECONNECT_NANOS;
    }

    private void again() {
        closeLink();
        forget();
        enter(Stage.CONNECTING);
        connect();
    }

    /** The leader has put this follower out of the set, or never had it in. */
    private void seek() {
        if (silence.isLongerThan(Math.max(SEARCH_NANOS, detectNanos))) {
            stop(
                    Ending.UNREACHABLE,
                    "the leader is lost, and had no outputs wait for this follower: it does not take over");
        } else if (link == null) {
            connect();
        }
    }

    private void stop(Ending why, String text) {
        closeLink();
        if (stage != Stage.STOPPED) {
            stage = Stage.STOPPED;
            host.stop(why, text);
        }
    }

    /** Who would lead, and by whose word. */
    public record Heir(UUID node, Arbiter arbiter) {}

    /** What this side would lead as; null if it cannot. On this thread. */
    public @Nullable Heir heir() {
        Arbiter decides = arbiter;
        return decides == null ? null : new Heir(node, decides);
    }

    /** How things stand. */
    public record View(
            UUID node, String stage, long epoch, boolean inSet, long received, Progress progress) {}

    /** How things stand; on this thread. */
    public View view() {
        return new View(
                node,
                stage.name().toLowerCase(Locale.ROOT),
                epoch,
                inSet,
                guest.nextEvent(),
                host.progress());
    }
}
