package dev.vls.control;

import dev.vls.control.pair.HostArbiter;
import dev.vls.control.pair.HostPort;
import dev.vls.machine.image.ImageException;
import dev.vls.machine.memory.HostMemoryException;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.replay.FollowedLog;
import dev.vls.replay.ReplayException;
import dev.vls.replay.net.LinkEvents;
import dev.vls.replay.net.WireLoop;
import dev.vls.replay.pair.Arbiter;
import dev.vls.replay.pair.Follower;
import dev.vls.replay.pair.FollowerHost;
import dev.vls.replay.pair.Link;
import dev.vls.replay.pair.Register;
import dev.vls.replay.wire.Message;
import dev.vls.trace.TraceFormatException;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs a follower's protocol on its loop, and hands what there is to replay to another thread. */
final class FollowerService implements FollowerHost, LinkEvents {
    private static final long TICK_NANOS = 5_000_000;

    /** What the replay's thread is to do. */
    @SuppressWarnings("ArrayRecordComponent") // Passed on, compared by nobody.
    sealed interface Task {
        /**
         * Replay a guest, until its log ends.
         *
         * @param memory of the guest, which is the replay's to close
         */
        record Replay(
                FollowedGuest guest, MachineMemory memory, Message.Instant instant, byte[] state)
                implements Task {}

        /** It is over. */
        record Stop(Ending why, String text) implements Task {}
    }

    /** What the arbiter has said. */
    record Won(Arbiter arbiter, long version, Register register, long nanos) {}

    private final WireLoop loop;
    private final @Nullable HostPort leader;
    private final FollowedGuest.Hosts hosts;
    private final Consumer<String> report;
    private final Follower follower;
    private final BlockingQueue<Task> tasks = new LinkedBlockingQueue<>();
    private volatile @Nullable FollowedGuest current;
    private @Nullable ArrivalReport arrival;
    private volatile @Nullable Won won;
    private volatile @Nullable Ending ending;
    private volatile @Nullable HostArbiter arbiter;

    /**
     * @param leader null if it comes by itself
     */
    FollowerService(
            WireLoop loop,
            @Nullable HostPort leader,
            Follower.Settings settings,
            FollowedGuest.Hosts hosts,
            Consumer<String> report) {
        this.loop = loop;
        this.leader = leader;
        this.hosts = hosts;
        this.report = report;
        this.follower = new Follower(settings, this, (name, domain) -> arbiter(name));
    }

    /** The one that a leader names, kept as long as leaders name the same. */
    private @Nullable HostArbiter arbiter(String name) {
        HostArbiter known = arbiter;
        if (known != null && known.name().equals(name)) {
            return known;
        }
        if (known != null) {
            known.close();
        }
        arbiter = Arbiters.of(name, loop::execute);
        return arbiter;
    }

    /** It is over: a guest that this side leads is no more. */
    void letGoOfArbiter() {
        HostArbiter known = arbiter;
        Won led = won;
        if (known != null) {
            if (led != null) {
                known.retire(led.register().leader());
            }
            known.close();
        }
    }

    /** Begins to follow. */
    void start() {
        loop.execute(() -> follower.start(System.nanoTime()));
        loop.every(TICK_NANOS, () -> follower.tick(System.nanoTime()));
    }

    /** The next thing to do; waits for it. */
    Task take() throws InterruptedException {
        return tasks.take();
    }

    /** That this side leads now; null as long as it does not. */
    @Nullable Won won() {
        return won;
    }

    /** Why nothing more comes; null as long as something may. */
    @Nullable Ending ending() {
        return ending;
    }

    /** How things stand; null if the loop does not get to it. */
    Follower.@Nullable View view() {
        return loop.ask(follower::view);
    }

    /** What this side would lead as; null if it cannot. */
    Follower.@Nullable Heir heir() {
        return loop.ask(follower::heir);
    }

    /** The guest runs on here. */
    void live() {
        loop.execute(follower::live);
    }

    /** The replay is another run. */
    void diverged(String what) {
        loop.execute(() -> follower.diverged(what));
    }

    /** The operator wants no more; from any thread. */
    void leave() {
        loop.execute(
                () -> {
                    follower.leave("the follower was stopped");
                    stop(Ending.LEFT, "the follower was stopped");
                });
    }

    // --- the loop's thread: connections ---

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public UUID newId() {
        return UUID.randomUUID();
    }

    @Override
    public void connect(String address) {
        HostPort to = address.isEmpty() ? leader : HostPort.parse(address);
        if (to == null) {
            return;
        }
        loop.connect(to.resolve(), this, why -> follower.unreachable(to + ": " + why));
    }

    @Override
    public void connected(Link link) {
        follower.connected(link);
    }

    @Override
    public void refused(String peer, String why) {
        follower.unreachable("%s: %s: give both sides the same --keys".formatted(peer, why));
    }

    @Override
    public void received(Link link, Message message) {
        follower.received(link, message);
    }

    @Override
    public void malformed(Link link, String what) {
        follower.malformed(link, what);
    }

    @Override
    public void writable() {}

    @Override
    public void disconnected(Link link) {
        follower.disconnected(link);
    }

    // --- the loop's thread: the guest ---

    private FollowedGuest guest() {
        FollowedGuest guest = current;
        if (guest == null) {
            throw new IllegalStateException("no guest has begun");
        }
        return guest;
    }

    @Override
    public void begin(Message.Welcome welcome) {
        forget();
        try {
            FollowedGuest begun =
                    new FollowedGuest(
                            welcome,
                            hosts,
                            frames -> loop.execute(() -> follower.request(frames)),
                            report,
                            progressed(welcome.commit()));
            current = begun;
            arrival = new ArrivalReport(begun.domain, begun.guest, report);
        } catch (CommandException
                | ReplayException
                | ImageException
                | TraceFormatException
                | HostMemoryException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** Where no output waits for the replay it is early enough to tell of it at the next tick. */
    private Runnable progressed(Message.Commit commit) {
        return commit == Message.Commit.REPLAYED
                ? () -> loop.execute(follower::progressed)
                : () -> {};
    }

    private void forget() {
        FollowedGuest before = current;
        current = null;
        if (before != null) {
            before.discard();
        }
    }

    @Override
    public void pages(Message.Pages pages) {
        guest().pages(pages);
        ArrivalReport coming = arrival;
        if (coming != null) {
            coming.arrived(pages.pages());
        }
    }

    @Override
    public void disk(Message.Disk disk) {
        guest().disk(disk);
    }

    @Override
    public void instant(Message.Instant instant) {
        guest().instant(instant);
    }

    @Override
    public void replay(Message.Instant instant, byte[] state) {
        int missing = guest().arriving.missing();
        if (missing > 0) {
            report.accept(
                    "replays from here on, while %d pages are still to come".formatted(missing));
        }
        tasks.add(new Task.Replay(guest(), guest().takeMemory(), instant, state));
    }

    @Override
    public void missing(Message.Missing missing) {
        guest().missing(missing);
    }

    @Override
    public void complete() {
        guest().complete();
        ArrivalReport here = arrival;
        if (here != null) {
            here.complete();
        }
    }

    @Override
    public void lateFrame(int device, byte[] frame) {
        guest().host.lateFrames().add(device, frame);
    }

    @Override
    public void log(Message.Log log) {
        guest().add(log);
    }

    @Override
    public Progress progress() {
        FollowedGuest guest = current;
        FollowedLog log = guest == null ? null : guest.logOrNull();
        if (log == null) {
            return new Progress(0, 0, 0, new byte[0]);
        }
        FollowedLog.Progress at = log.progress();
        return new Progress(at.replayed(), at.steps(), at.digestEvent(), at.digest().toArray());
    }

    @Override
    public void released(long nextMark) {
        FollowedGuest guest = current;
        if (guest != null) {
            guest.outputs.released(nextMark);
        }
    }

    @Override
    public void takeOver(Arbiter arbiter, long version, Register register) {
        report.accept("takes over as leader of epoch " + register.epoch());
        won = new Won(arbiter, version, register, System.nanoTime());
        guest().log().end();
    }

    @Override
    public void stop(Ending why, String text) {
        ending = why;
        FollowedGuest guest = current;
        FollowedLog log = guest == null ? null : guest.logOrNull();
        if (why == Ending.ENDED && log != null) {
            log.end();
        } else {
            forget();
        }
        tasks.add(new Task.Stop(why, text));
    }

    @Override
    public void report(String line) {
        report.accept(line);
    }
}
