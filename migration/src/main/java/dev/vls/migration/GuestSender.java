package dev.vls.migration;

import dev.vls.machine.Machine;
import dev.vls.machine.StateDigest;
import dev.vls.machine.host.disk.HostDisks;
import dev.vls.machine.image.ImageException;
import dev.vls.machine.memory.FrameFlags;
import dev.vls.replay.FrozenPages;
import dev.vls.replay.Replication;
import dev.vls.replay.pair.LeaderHost;
import dev.vls.replay.wire.Message;
import dev.vls.replay.wire.Packer;
import dev.vls.replay.wire.WireFormat;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends a running guest to a follower: its memory in rounds, each of what was written since the one
 * before, then an instant of it. What is missing then follows: what the follower waits for first,
 * then what the guest here is about to change, then the rest. A thread of its own reads and
 * compresses; frames leave on the protocol's thread, as fast as the connection takes them.
 */
public final class GuestSender implements LeaderHost.Bootstrap {
    /** Pages of one frame in a round: they stay within a processor's cache until they have left. */
    private static final int ROUND_PAGES = 64;

    /** Pages of one frame behind the instant: what is asked for has not to wait for many. */
    private static final int INSTANT_PAGES = 32;

    /** Frames that one MISSING says of whether they are. */
    private static final int MISSING_FRAMES = 8 * WireFormat.PIECE_MAX;

    /** Until HotSpot has compiled it, or so long. */
    private static final int WARM_UPS = 60;

    private static final long WARM_UP_NANOS = 300_000_000;
    private static final long WARM_UP_FRAMES = 4096;

    /**
     * What was sent of a guest.
     *
     * @param rounds while it ran
     * @param end why there were no more
     * @param pages in all
     * @param pagesBehindInstant of them
     * @param pauseNanos for which the guest stood still at its instant
     * @param stoppedAt when that was, by {@link System#nanoTime}
     */
    public record Report(
            List<Rounds.Round> rounds,
            Rounds.End end,
            long pages,
            long pagesBehindInstant,
            long pauseNanos,
            long stoppedAt) {}

    private record Frozen(
            FrozenPages pages,
            Replication.@Nullable Instant instant,
            int changed,
            int written,
            long nanos,
            long stoppedAt) {}

    private final Strategy strategy;
    private final Source source;
    private final Outbox outbox;
    private final Packer packer;
    private final PageBatch batch;
    private final boolean copiesDisks;
    private volatile @Nullable FrozenPages pages;
    private final Rounds rounds = new Rounds();
    private final RateControl rate;
    private final CompressionChoice compression = new CompressionChoice();
    private long sent;

    private GuestSender(
            Strategy strategy,
            long features,
            Source source,
            Consumer<Message> to,
            BooleanSupplier writable) {
        this.strategy = strategy;
        this.source = source;
        this.outbox = new Outbox(source.loop, message -> give(message, to), writable);
        this.rate = new RateControl(source.limits);
        this.packer = new Packer((features & WireFormat.FEATURE_ZSTD) != 0);
        this.batch = new PageBatch(packer, ROUND_PAGES);
        this.copiesDisks = (features & WireFormat.FEATURE_DISKS) != 0;
    }

    /** What a leader has to send guests from. */
    public static final class Source {
        private final StandingMachine machine;
        private final Replication replication;
        private final Supplier<HostDisks> disks;
        private final Executor loop;
        private final Consumer<Report> done;
        private final Consumer<String> report;
        private volatile RateControl.Limits limits = RateControl.Limits.NONE;

        /** Only one can watch the machine's memory. */
        private final Semaphore turn = new Semaphore(1, true);

        /**
         * @param disks of the guest
         * @param loop the protocol's thread
         * @param done told of each follower that was sent the guest; by any thread
         * @param report told in one line what an operator should know; by any thread
         */
        public Source(
                StandingMachine machine,
                Replication replication,
                Supplier<HostDisks> disks,
                Executor loop,
                Consumer<Report> done,
                Consumer<String> report) {
            this.machine = machine;
            this.replication = replication;
            this.disks = disks;
            this.loop = loop;
            this.done = done;
            this.report = report;
        }

        /** How fast rounds may be; for those that begin from now on. */
        public void setLimits(RateControl.Limits next) {
            limits = next;
        }

        /** Starts to send; as {@link LeaderHost#bootstrap}. */
        public GuestSender send(
                Strategy strategy, long features, Consumer<Message> to, BooleanSupplier writable) {
            GuestSender sender = new GuestSender(strategy, features, this, to, writable);
            Thread.ofPlatform().daemon().name("vls-bootstrap").start(sender::run);
            return sender;
        }
    }

    /**
     * Has the JVM load and compile what an instant takes, so that the first one is not slow.
     *
     * @param machine which does not run yet
     */
    public static void warmUp(Machine machine) {
        FrozenPages trial = new FrozenPages(machine.domain().memory());
        trial.freeze(machine);
        trial.abandon();
        long written = Math.min(trial.frames(), WARM_UP_FRAMES);
        long end = System.nanoTime() + WARM_UP_NANOS;
        for (int i = 0; i < WARM_UPS && System.nanoTime() < end; i++) {
            machine.save();
            StateDigest.ofVcpus(machine.domain());
            for (long mfn = 0; mfn < written; mfn++) {
                trial.beforeFirstWrite(mfn);
            }
            trial.freeze(machine);
        }
        trial.close();
        machine.domain().memory().removeFlagsFromAll(FrameFlags.COPY_BEFORE_WRITE);
    }

    // --- the protocol's thread ---

    @Override
    public void proceed() {
        outbox.proceed();
    }

    @Override
    public void request(long[] frames) {
        FrozenPages frozen = pages;
        if (frozen != null) {
            for (long mfn : frames) {
                if (mfn < frozen.frames()) {
                    frozen.request(mfn);
                }
            }
        }
    }

    @Override
    public void cancel() {
        outbox.close();
        FrozenPages frozen = pages;
        if (frozen != null) {
            frozen.abandon();
        }
    }

    // --- its own thread ---

    private void run() {
        source.turn.acquireUninterruptibly();
        try {
            transfer();
        } catch (CompletionException e) {
            if (!outbox.isClosed()) {
                source.report.accept("the guest could not be sent: " + e.getCause());
            }
        } catch (ImageException e) {
            source.report.accept("the guest's disks could not be sent: " + e.getMessage());
        } finally {
            source.turn.release();
        }
    }

    private void transfer() {
        try {
            Rounds.End end = strategy == Strategy.STOP_AND_COPY ? Rounds.End.NO_ROUNDS : null;
            Frozen frozen = freeze(end != null);
            while (!outbox.isClosed() && frozen.instant == null) {
                long before = sent;
                rate.begin();
                rounds.begin(frozen.changed, frozen.stoppedAt);
                sendPages(rounds.count(), ROUND_PAGES, false, frozen.pages);
                end = rounds.last();
                frozen = freeze(end != null);
                Rounds.Round round =
                        rounds.end(sent - before, rate.bytes(), frozen.written, frozen.stoppedAt);
                rate.dirtied(round.dirtied(), round.nanos());
            }
            if (frozen.instant != null && !outbox.isClosed()) {
                long before = sent;
                rate.release();
                sendInstant(frozen.instant, frozen.pages);
                int together = strategy == Strategy.SEMI_ACTIVE ? INSTANT_PAGES : ROUND_PAGES;
                sendPages(rounds.count(), together, true, frozen.pages);
                if (copiesDisks) {
                    DiskCopy.send(source.disks.get(), packer, outbox::add);
                }
                outbox.add(new Message.Complete(sent));
                source.done.accept(
                        new Report(
                                rounds.all(),
                                end == null ? Rounds.End.NO_ROUNDS : end,
                                sent,
                                sent - before,
                                frozen.nanos,
                                frozen.stoppedAt));
            }
        } finally {
            source.machine.whileItStands(this::thaw);
        }
    }

    private Frozen freeze(boolean instant) {
        Function<Machine, Frozen> work = standing -> freeze(standing, instant);
        boolean stops = instant && strategy != Strategy.SEMI_ACTIVE;
        return await(stops ? source.machine.stop(work) : source.machine.whileItStands(work));
    }

    /** On the machine's thread. */
    private Frozen freeze(Machine standing, boolean instant) {
        long start = System.nanoTime();
        FrozenPages frozen = pages;
        if (frozen == null) {
            frozen = new FrozenPages(standing.domain().memory());
            pages = frozen;
        }
        Replication.Instant taken = instant ? source.replication.instant(standing) : null;
        int changed = frozen.freeze(standing);
        return new Frozen(
                frozen, taken, changed, frozen.lastWritten(), System.nanoTime() - start, start);
    }

    /** On the machine's thread. */
    private boolean thaw(Machine standing) {
        FrozenPages frozen = pages;
        if (frozen != null) {
            frozen.close();
            pages = null;
        }
        return true;
    }

    private static <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private void sendInstant(Replication.Instant instant, FrozenPages frozen) {
        byte[] state = instant.state();
        int frames = Math.toIntExact(frozen.frames());
        outbox.add(
                new Message.Instant(
                        instant.nextEvent(),
                        instant.steps(),
                        instant.consoleBytes(),
                        frames,
                        instant.outputDigest(),
                        state.length));
        for (int at = 0; at < frames; at += MISSING_FRAMES) {
            int count = Math.min(MISSING_FRAMES, frames - at);
            outbox.add(new Message.Missing(at, frozen.unread(at, count)));
        }
        for (int at = 0; at < state.length; at += WireFormat.PIECE_MAX) {
            int end = Math.min(state.length, at + WireFormat.PIECE_MAX);
            outbox.add(new Message.State(Arrays.copyOfRange(state, at, end)));
        }
    }

    /**
     * Sends what is frozen.
     *
     * @param batchPages that go in one frame
     */
    private void sendPages(int round, int batchPages, boolean behindInstant, FrozenPages frozen) {
        compression.begin(System.nanoTime());
        frozen.read(
                new FrozenPages.Sink() {
                    @Override
                    public void page(long mfn, byte[] content) {
                        // Memory is zero at first, on the other side as well; but what it
                        // was said to miss it waits for.
                        if (round > 0 || behindInstant || !PageBatch.isZero(content)) {
                            sent++;
                            batch.add(mfn, content);
                            if (batch.pages() == batchPages) {
                                add(round);
                            }
                        }
                    }

                    @Override
                    public boolean wants(int mfn) {
                        return behindInstant || rounds.wants(mfn);
                    }

                    @Override
                    public void requestsServed() {
                        if (batch.pages() > 0) {
                            outbox.addFirst(batch.take(round, compression.compresses()));
                        }
                    }
                });
        if (batch.pages() > 0) {
            add(round);
        }
    }

    private void add(int round) {
        Message.Pages taken = batch.take(round, compression.compresses());
        int raw = taken.content().rawLength();
        int bytes = taken.content().bytes().remaining();
        long waited = outbox.add(taken);
        waited += rate.sent(bytes);
        compression.sent(raw, waited, System.nanoTime());
    }

    /** On the protocol's thread. */
    private void give(Message message, Consumer<Message> to) {
        to.accept(message);
        if (message instanceof Message.Pages pages) {
            batch.giveBack(pages);
        }
    }
}
