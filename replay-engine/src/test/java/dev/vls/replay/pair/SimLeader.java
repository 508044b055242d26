package dev.vls.replay.pair;

import dev.vls.replay.pair.SimWorld.Output;
import dev.vls.replay.wire.Lent;
import dev.vls.replay.wire.Message;
import dev.vls.replay.wire.Packed;
import dev.vls.trace.EventChunkWriter;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** A leader's node: the real protocol, a simulated guest, and a gate without threads. */
final class SimLeader implements LeaderHost {
    private record Held(long mark, Output output) {}

    private final SimNode node;
    private final SimGuest guest;
    private final Leader leader;
    private final EventChunkWriter writer;
    private final Deque<Held> held = new ArrayDeque<>();
    private final List<Output> unmarked = new ArrayList<>();
    private long openTo = Long.MAX_VALUE;
    private long releasedTo = -1;
    private long published = -1;
    private long place;
    private boolean over;

    SimLeader(SimNode node, UUID id, SimGuest guest, Message.Commit commit) {
        this.node = node;
        this.guest = guest;
        this.leader =
                new Leader(
                        new Leader.Settings(
                                id,
                                "sim",
                                node.name,
                                new byte[] {1},
                                commit,
                                SimNode.DETECT,
                                SimNode.DETECT),
                        this,
                        node.arbiter.of(node));
        this.writer =
                new EventChunkWriter(
                        1,
                        1 << 16,
                        (content, first, events) ->
                                leader.append(Packed.stored(content), first, events));
    }

    void won(long version, Register register) {
        leader.won(version, register);
    }

    boolean isOver() {
        return over;
    }

    SimGuest guest() {
        return guest;
    }

    LeaderView view() {
        return leader.view();
    }

    // --- the guest ---

    /** The world gives the guest an input. */
    void input(long value) {
        if (over) {
            return;
        }
        byte[] bytes = ByteBuffer.allocate(Long.BYTES).putLong(value).array();
        writer.consoleIn(0, place++, bytes, 0, bytes.length);
        published++;
        Output output = guest.input(value);
        if (openTo == Long.MAX_VALUE && held.isEmpty() && unmarked.isEmpty()) {
            node.world.released(node.name, output);
        } else {
            unmarked.add(output);
            mark();
        }
        if (node.world.chance(0.8)) {
            flush();
        }
    }

    private void mark() {
        byte[] digest = ByteBuffer.allocate(Long.BYTES).putLong(guest.state).array();
        writer.digest(0, place++, digest, new byte[0], new byte[0]);
        published++;
        for (Output output : unmarked) {
            held.add(new Held(published, output));
        }
        if (held.isEmpty()) {
            releasedTo = published;
        }
        unmarked.clear();
    }

    private void flush() {
        writer.flush();
        leader.pump();
    }

    private void letOut() {
        while (!held.isEmpty() && held.peek().mark <= openTo) {
            Held next = held.remove();
            node.world.released(node.name, next.output);
            releasedTo = next.mark;
        }
    }

    // --- what happens ---

    void tick() {
        if (!over) {
            flush();
            leader.tick(node.world.now());
        }
    }

    void connected(SimLink link) {
        leader.connected(link);
    }

    void received(SimLink link, Message message) {
        leader.received(link, message);
    }

    void disconnected(SimLink link) {
        leader.disconnected(link);
    }

    // --- what the protocol wants ---

    @Override
    public void openGate(long mark) {
        openTo = mark;
        letOut();
    }

    @Override
    public long releasedTo() {
        return releasedTo;
    }

    @Override
    public long published() {
        return published;
    }

    @Override
    public void nudge() {
        mark();
        flush();
    }

    @Override
    public Bootstrap bootstrap(
            Message.Purpose purpose,
            long features,
            Consumer<Message> to,
            BooleanSupplier writable) {
        SimBootstrap bootstrap = new SimBootstrap(to);
        node.world.after(node.world.some(50_000_000), () -> node.later(bootstrap::begin));
        return bootstrap;
    }

    /** Sends an instant, and one by one the pages that are missing from it. */
    private final class SimBootstrap implements Bootstrap {
        private final Consumer<Message> to;
        private final List<Integer> rest = new ArrayList<>();
        private long[] frozen = new long[0];
        private long sent;
        private boolean cancelled;

        SimBootstrap(Consumer<Message> to) {
            this.to = to;
        }

        private void begin() {
            if (cancelled || over) {
                return;
            }
            writer.flush();
            frozen = guest.pages.clone();
            BitSet missing = new BitSet();
            for (int page = 0; page < SimGuest.PAGES; page++) {
                if (node.world.chance(0.5)) {
                    missing.set(page);
                    rest.add(page);
                } else {
                    send(page);
                }
            }
            Collections.shuffle(rest, node.world.random);
            byte[] state = guest.save();
            to.accept(new Message.Instant(published + 1, place, 0, 1, new byte[0], state.length));
            to.accept(new Message.Missing(0, missing.toByteArray()));
            to.accept(new Message.State(state));
            goOn();
        }

        private void send(int page) {
            ByteBuffer bytes =
                    ByteBuffer.allocate(2 * Long.BYTES).putLong(page).putLong(frozen[page]).flip();
            to.accept(new Message.Pages(1, 1, Lent.stored(bytes)));
            sent++;
        }

        private void goOn() {
            if (cancelled || over) {
                return;
            }
            if (rest.isEmpty()) {
                to.accept(new Message.Complete(sent));
                return;
            }
            send(rest.removeLast());
            node.world.after(node.world.some(20_000_000), () -> node.later(this::goOn));
        }

        @Override
        public void proceed() {}

        @Override
        public void request(long[] frames) {
            for (long page : frames) {
                if (rest.removeIf(waiting -> waiting == page)) {
                    send((int) page);
                }
            }
        }

        @Override
        public void cancel() {
            cancelled = true;
        }
    }

    @Override
    public void lag(long nanos, boolean settled) {}

    @Override
    public void diverged(String peer, String what) {
        throw new AssertionError("diverged: " + what + ": seed " + node.world.seed);
    }

    @Override
    public void fenced(String why) {
        node.world.note(node.name + " is fenced: " + why);
        over = true;
    }

    @Override
    public void handedOver(Message.Taken taken) {
        node.world.note(node.name + " has handed over");
        over = true;
    }

    @Override
    public void report(String line) {
        node.world.note(node.name + ": " + line);
    }
}
