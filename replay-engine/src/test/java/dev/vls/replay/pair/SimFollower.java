package dev.vls.replay.pair;

import dev.vls.replay.pair.SimWorld.Output;
import dev.vls.replay.wire.Message;
import dev.vls.trace.EventChunkReader;
import dev.vls.trace.TraceEvent;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A follower's node: the real protocol, and a simulated guest that is replayed at its own pace. */
final class SimFollower implements FollowerHost {
    private record Kept(long mark, Output output) {}

    private final SimNode node;
    private final String first;
    private final Follower follower;
    private final Deque<TraceEvent> events = new ArrayDeque<>();
    private final Deque<Kept> kept = new ArrayDeque<>();
    private final List<Output> unmarked = new ArrayList<>();
    private @Nullable EventChunkReader reader;
    private @Nullable SimGuest guest;
    private long firstEvent;
    private long replayed;
    private long released;
    private boolean over;
    private final BitSet missing = new BitSet();
    private final long[] pages = new long[SimGuest.PAGES];

    SimFollower(SimNode node, String address) {
        this.node = node;
        this.first = address;
        this.follower =
                new Follower(
                        new Follower.Settings(
                                "sim",
                                node.name,
                                Message.Purpose.FOLLOW,
                                true,
                                node.chooseFeatures()),
                        this,
                        (name, domain) -> node.arbiter.of(node));
    }

    void start() {
        follower.start(node.world.now());
    }

    boolean isOver() {
        return over;
    }

    Follower.View view() {
        return follower.view();
    }

    void tick() {
        if (!over) {
            replaySome(node.world.random.nextInt(20));
            follower.tick(node.world.now());
        }
    }

    void unreachable() {
        follower.unreachable("nobody is there");
    }

    void connected(SimLink link) {
        follower.connected(link);
    }

    void received(SimLink link, Message message) {
        follower.received(link, message);
    }

    void disconnected(SimLink link) {
        follower.disconnected(link);
    }

    // --- what the protocol wants ---

    @Override
    public long nanos() {
        return node.world.now();
    }

    @Override
    public UUID newId() {
        return node.newId();
    }

    @Override
    public void connect(String address) {
        node.connect(address.isEmpty() ? first : address, this);
    }

    @Override
    public void begin(Message.Welcome welcome) {
        events.clear();
        kept.clear();
        unmarked.clear();
        guest = null;
        missing.clear();
        released = 0;
    }

    @Override
    public void pages(Message.Pages arrived) {
        ByteBuffer bytes = arrived.content().bytes().duplicate();
        int page = (int) bytes.getLong();
        if (missing.isEmpty() || missing.get(page)) {
            missing.clear(page);
            pages[page] = bytes.getLong();
            if (guest != null) {
                guest.pages[page] = pages[page];
            }
        } else {
            throw new AssertionError("a page comes twice: seed " + node.world.seed);
        }
    }

    @Override
    public void missing(Message.Missing frames) {
        missing.or(BitSet.valueOf(frames.bits()));
    }

    @Override
    public void complete() {
        if (!missing.isEmpty()) {
            throw new AssertionError("pages are missing: seed " + node.world.seed);
        }
    }

    @Override
    public void disk(Message.Disk disk) {}

    @Override
    public void instant(Message.Instant instant) {
        reader = new EventChunkReader(1);
        firstEvent = instant.nextEvent();
        replayed = firstEvent;
    }

    @Override
    public void replay(Message.Instant instant, byte[] state) {
        SimGuest restored = SimGuest.restore(state);
        for (int page = 0; page < SimGuest.PAGES; page++) {
            if (!missing.get(page)) {
                restored.pages[page] = pages[page];
            }
        }
        guest = restored;
    }

    @Override
    public void lateFrame(int device, byte[] frame) {
        throw new AssertionError("guests here have no networks");
    }

    @Override
    public void log(Message.Log log) {
        EventChunkReader from = reader;
        if (from == null) {
            throw new AssertionError("log before its instant");
        }
        from.begin(log.content().bytes());
        long number = from.nextEvent();
        for (TraceEvent event = from.next(); event != null; event = from.next()) {
            if (number++ >= firstEvent) {
                events.add(event);
            }
        }
    }

    private void replaySome(int most) {
        SimGuest replica = guest;
        for (int i = 0; i < most && !events.isEmpty() && replica != null; i++) {
            TraceEvent event = events.element();
            if (event instanceof TraceEvent.ConsoleIn typed && needsPage(replica, typed)) {
                return;
            }
            events.remove();
            switch (event) {
                case TraceEvent.ConsoleIn typed ->
                        unmarked.add(
                                replica.input(ByteBuffer.wrap(typed.data().toArray()).getLong()));
                case TraceEvent.Digest digest -> compare(replica, digest);
                default -> throw new AssertionError("nothing else is published");
            }
            replayed++;
        }
    }

    /** Whether an input needs a page that is not here yet, which is asked for then. */
    private boolean needsPage(SimGuest replica, TraceEvent.ConsoleIn typed) {
        int page = replica.pageFor(ByteBuffer.wrap(typed.data().toArray()).getLong());
        if (missing.get(page)) {
            follower.request(new long[] {page});
            node.world.pagesAwaited++;
        }
        return missing.get(page);
    }

    private void compare(SimGuest replica, TraceEvent.Digest digest) {
        long state = ByteBuffer.wrap(digest.outputs().toArray()).getLong();
        if (state != replica.state) {
            throw new AssertionError(
                    "%s replays another run: seed %d".formatted(node.name, node.world.seed));
        }
        unmarked.forEach(output -> kept.add(new Kept(replayed, output)));
        unmarked.clear();
    }

    @Override
    public Progress progress() {
        return new Progress(guest == null ? 0 : replayed, replayed, 0, new byte[0]);
    }

    @Override
    public void released(long nextMark) {
        released = Math.max(released, nextMark);
        while (!kept.isEmpty() && kept.peek().mark < released) {
            kept.remove();
        }
    }

    @Override
    public void takeOver(Arbiter arbiter, long version, Register register) {
        replaySome(Integer.MAX_VALUE);
        SimGuest mine = guest;
        if (mine == null) {
            throw new AssertionError("takes over without a guest: seed " + node.world.seed);
        }
        over = true;
        node.world.goesOn(node.name, mine.history);
        kept.forEach(rest -> node.world.released(node.name, rest.output));
        unmarked.forEach(output -> node.world.released(node.name, output));
        SimLeader next =
                new SimLeader(node, register.leader(), mine, SimPairTest.commitOf(node.world.seed));
        next.won(version, register);
        node.lead(next);
        follower.live();
    }

    @Override
    public void stop(Ending why, String text) {
        node.world.note(node.name + " stops: " + why + " " + text);
        over = true;
    }

    @Override
    public void report(String line) {
        node.world.note(node.name + ": " + line);
    }
}
