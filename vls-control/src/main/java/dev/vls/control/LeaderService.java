package dev.vls.control;

import dev.vls.control.RunEnd.StopReason;
import dev.vls.control.flight.FlightEvents;
import dev.vls.machine.Machine;
import dev.vls.migration.GuestSender;
import dev.vls.migration.RateControl;
import dev.vls.migration.StandingMachine;
import dev.vls.migration.Strategy;
import dev.vls.replay.GuestDescription;
import dev.vls.replay.LogTap;
import dev.vls.replay.OutputGate;
import dev.vls.replay.Recording;
import dev.vls.replay.Replication;
import dev.vls.replay.net.LinkEvents;
import dev.vls.replay.net.WireLoop;
import dev.vls.replay.pair.Arbiter;
import dev.vls.replay.pair.Leader;
import dev.vls.replay.pair.LeaderHost;
import dev.vls.replay.pair.LeaderView;
import dev.vls.replay.pair.Link;
import dev.vls.replay.pair.Register;
import dev.vls.replay.wire.Message;
import dev.vls.replay.wire.Packer;
import dev.vls.trace.EventChunkWriter;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A machine's leader: puts recorder and gate between the machine and its host, and runs the
 * protocol on its loop.
 */
final class LeaderService implements LeaderHost, LinkEvents, AutoCloseable {
    private static final long TICK_NANOS = 5_000_000;
    private static final long RATE_NANOS = 1_000_000_000;
    private static final int CHUNK_BYTES = 64 << 10;

    /** At the end, for followers to acknowledge the last outputs. */
    private static final long PARTING_NANOS = 2_000_000_000;

    private final WireLoop loop;
    private final RunHost host;
    private final StopControl stop;
    private final Consumer<String> report;
    private final OutputGate gate;
    private final Replication replication;
    private final Throttle throttle;
    private final Leader leader;
    private final EventChunkWriter writer;
    private final Packer packer = new Packer(true);
    private final AtomicBoolean drainComes = new AtomicBoolean();
    private final LogTap tap;
    private final GuestSender.Source source;
    private @Nullable Machine led;
    private boolean over;
    private volatile long tookOverNanos;
    private volatile double logRate;
    private long ratedAt;
    private long ratedBytes;
    private long lagNanos;

    /** How the guest is sent to those who come to take it over. */
    private volatile Strategy strategy = Strategy.SEMI_ACTIVE;

    /** While this is there the machine stands still where it is. */
    private volatile @Nullable CountDownLatch standing;

    private volatile GuestSender.@Nullable Report lastSent;
    private volatile Message.@Nullable Taken taken;
    private volatile long takenNanos;

    /**
     * @param loop the protocol's thread, which is the caller's
     * @param report told in one line what an operator should know; by any thread
     */
    LeaderService(
            WireLoop loop,
            RunHost host,
            StopControl stop,
            Leader.Settings settings,
            GuestDescription guest,
            Arbiter arbiter,
            Consumer<String> report) {
        this.loop = loop;
        this.host = host;
        this.stop = stop;
        this.report = report;
        Recording.Ports live = host.ports();
        throttle = new Throttle(settings.lagNanos());
        gate = new OutputGate(live.outputs(), this::drainSoon);
        replication =
                new Replication(
                        live.inputs(),
                        gate,
                        Recording.Options.usual(guest.memoryBytes(), true),
                        this::attend);
        tap = replication.tap();
        source =
                new GuestSender.Source(
                        new Standing(),
                        replication,
                        host::openedDisks,
                        loop::execute,
                        this::sent,
                        report);
        leader = new Leader(settings, this, arbiter);
        writer =
                new EventChunkWriter(
                        guest.vcpus(),
                        CHUNK_BYTES,
                        (content, first, events) ->
                                leader.append(
                                        packer.pack(content, 0, content.length), first, events));
    }

    /**
     * The arbiter has noted already that this side leads; before {@link #start}.
     *
     * @param consoleBytes that the guest has written to its console before
     */
    void won(long version, Register register, long consoleBytes) {
        leader.won(version, register);
        continueConsole(consoleBytes);
    }

    /** The guest has written so much to its console before; before {@link #start}. */
    void continueConsole(long bytes) {
        gate.startAt(bytes);
    }

    /** The machine's ways in and out. */
    Recording.Ports ports() {
        return replication.ports();
    }

    /** How fast followers may be sent memory while the guest runs. */
    void setBandwidth(RateControl.Limits limits) {
        source.setLimits(limits);
    }

    /** Begins to lead a machine that has the ports and does not run yet. */
    void start(Machine machine) {
        led = machine;
        replication.attach(machine);
        loop.every(TICK_NANOS, this::tick);
    }

    private final class Standing implements StandingMachine {
        private Machine machine() {
            return Objects.requireNonNull(led, "no machine is led yet");
        }

        @Override
        public <T> CompletionStage<T> whileItStands(Function<Machine, T> work) {
            return host.inputs().pause(() -> work.apply(machine()));
        }

        @Override
        public <T> CompletionStage<T> stop(Function<Machine, T> work) {
            CompletableFuture<T> done = new CompletableFuture<>();
            CountDownLatch latch = new CountDownLatch(1);
            standing = latch;
            CompletableFuture<Boolean> _ =
                    host.inputs()
                            .pause(
                                    () -> {
                                        done.complete(work.apply(machine()));
                                        return stand(latch);
                                    });
            return done;
        }
    }

    private static boolean stand(CountDownLatch latch) {
        try {
            latch.await();
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void sent(GuestSender.Report sent) {
        lastSent = sent;
        FlightEvents.sent(
                sent.rounds().size(), sent.pages(), sent.pagesBehindInstant(), sent.pauseNanos());
        report.accept(
                "the guest was sent: %d pages in %d rounds, %d of them behind its instant; it stood still for %.1f ms"
                        .formatted(
                                sent.pages(),
                                sent.rounds().size(),
                                sent.pagesBehindInstant(),
                                sent.pauseNanos() / 1e6));
    }

    // --- who moves the guest; a thread of an operator ---

    /** How the guest is sent to the next that comes to take it over. */
    void setStrategy(Strategy next) {
        strategy = next;
        lastSent = null;
    }

    /** Connects to where the guest is to go. */
    void connect(InetSocketAddress to, Consumer<Link> connected, Consumer<String> failed) {
        loop.connect(to, new Dialled(this, connected, failed), failed);
    }

    /** The machine stops behind a mark, and stands still until {@link #goOn}. */
    void standStill() {
        new Standing()
                .stop(
                        stopped -> {
                            replication.mark(stopped);
                            return true;
                        })
                .toCompletableFuture()
                .join();
        loop.execute(this::drain);
    }

    /** Whether it stands still. */
    boolean isStanding() {
        return standing != null;
    }

    /** The guest is handed over to another side, and so are the frames that come for it. */
    void handOver(Link heir) {
        ask(
                () -> {
                    leader.handOver(heir);
                    return true;
                });
        host.divertFrames((device, frame) -> loop.execute(() -> leader.late(heir, device, frame)));
    }

    /** The machine goes on. */
    void goOn() {
        host.divertFrames(null);
        CountDownLatch latch = standing;
        standing = null;
        if (latch != null) {
            latch.countDown();
        }
    }

    /** What was sent last; null as long as it is under way. */
    GuestSender.@Nullable Report lastSent() {
        return lastSent;
    }

    /** What the one who goes on has told; null if nobody does. */
    Message.@Nullable Taken taken() {
        return taken;
    }

    /** When that was told. */
    long takenNanos() {
        return takenNanos;
    }

    /** Whether nothing is held back any more. */
    boolean awaitOutputs() {
        return gate.awaitEmpty(PARTING_NANOS);
    }

    Leader leader() {
        return leader;
    }

    // --- the machine's thread ---

    /** At every place at which the machine asks for inputs. */
    private void attend() {
        RuntimeException failure = gate.failure();
        if (failure != null) {
            throw failure;
        }
        throttle.pause();
    }

    private void drainSoon() {
        if (drainComes.compareAndSet(false, true)) {
            loop.execute(this::drain);
        }
    }

    /** The machine has stopped for good: says so to followers, and lets out what is left. */
    void end(Machine machine, RunEnd how, byte[] digest) {
        if (stop.reason() == StopReason.FENCED || stop.reason() == StopReason.HANDED_OVER) {
            return;
        }
        replication.end(machine, how.name(), digest);
        drainSoon();
        gate.awaitEmpty(PARTING_NANOS);
        ask(
                () -> {
                    drain();
                    leader.end(Message.Parting.ENDED, how.name());
                    over = true;
                    return true;
                });
    }

    /** The run is to end; from any thread. */
    void release() {
        gate.release();
        throttle.release();
        goOn();
    }

    /** Something that the loop's thread sees; null if it does not get to it. */
    <T> @Nullable T ask(Supplier<T> look) {
        return loop.ask(look);
    }

    /** Bytes of outputs that wait to leave. */
    long heldBytes() {
        return gate.heldBytes();
    }

    /** Outputs that wait to leave. */
    long heldOutputs() {
        return gate.heldOutputs();
    }

    /** Bytes of log in the last second or so. */
    double logRate() {
        return logRate;
    }

    /** How long after the arbiter's word the guest went on here; 0 if it began here. */
    long tookOverNanos() {
        return tookOverNanos;
    }

    /** The guest goes on here, so long behind the arbiter's word. */
    void tookOver(long nanos) {
        tookOverNanos = nanos;
    }

    /** How things stand; null if the loop does not get to it. */
    @Nullable LeaderView view() {
        return loop.ask(leader::view);
    }

    // --- the loop's thread ---

    private void drain() {
        drainComes.set(false);
        if (!over) {
            tap.drain(writer);
            writer.flush();
            leader.pump();
        }
    }

    private void tick() {
        if (!over) {
            drain();
            long now = System.nanoTime();
            leader.tick(now);
            rate(now);
        }
    }

    private void rate(long now) {
        if (ratedAt == 0 || now - ratedAt >= RATE_NANOS) {
            long bytes = leader.logBytes();
            logRate = ratedAt == 0 ? 0 : (bytes - ratedBytes) * 1e9 / (now - ratedAt);
            ratedAt = now;
            ratedBytes = bytes;
            FlightEvents.lag(lagNanos, gate.heldBytes(), gate.heldOutputs());
        }
    }

    @Override
    public void connected(Link link) {
        leader.connected(link);
    }

    @Override
    public void refused(String peer, String why) {
        report.accept("%s is refused: %s: give both sides the same --keys".formatted(peer, why));
    }

    @Override
    public void received(Link link, Message message) {
        leader.received(link, message);
    }

    @Override
    public void malformed(Link link, String what) {
        leader.malformed(link, what);
    }

    @Override
    public void writable() {
        leader.pump();
    }

    @Override
    public void disconnected(Link link) {
        leader.disconnected(link);
    }

    // --- what the protocol wants ---

    @Override
    public void openGate(long mark) {
        gate.openTo(mark);
    }

    @Override
    public long releasedTo() {
        return gate.releasedTo();
    }

    @Override
    public long published() {
        return replication.published();
    }

    @Override
    public void nudge() {
        host.wake();
    }

    @Override
    public Bootstrap bootstrap(
            Message.Purpose purpose,
            long features,
            Consumer<Message> to,
            BooleanSupplier writable) {
        Strategy chosen = purpose == Message.Purpose.TAKE_OVER ? strategy : Strategy.SEMI_ACTIVE;
        return source.send(chosen, features, to, writable);
    }

    @Override
    public void lag(long nanos, boolean settled) {
        lagNanos = nanos;
        throttle.lag(nanos, settled);
    }

    @Override
    public void diverged(String peer, String what) {
        report.accept("follower %s stops, its replay is another run: %s".formatted(peer, what));
    }

    @Override
    public void fenced(String why) {
        report.accept(why);
        over = true;
        gate.close();
        stop.stop(StopReason.FENCED);
    }

    @Override
    public void handedOver(Message.Taken by) {
        report.accept("a follower goes on as leader of epoch " + by.epoch());
        takenNanos = System.nanoTime();
        taken = by;
        FlightEvents.handedOver(by.epoch());
        over = true;
        gate.close();
        stop.stop(StopReason.HANDED_OVER);
    }

    @Override
    public void report(String line) {
        report.accept(line);
    }

    @Override
    public void close() {
        ask(
                () -> {
                    if (!over) {
                        leader.end(Message.Parting.OPERATOR, "the leader has stopped");
                        over = true;
                    }
                    return true;
                });
        gate.close();
        tap.close();
    }
}
