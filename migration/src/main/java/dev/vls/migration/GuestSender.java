package dev.vls.migration;

import dev.vls.machine.Machine;
import dev.vls.machine.host.disk.HostDisks;
import dev.vls.machine.image.ImageException;
import dev.vls.replay.FrozenPages;
import dev.vls.replay.Replication;
import dev.vls.replay.pair.LeaderHost;
import dev.vls.replay.wire.Message;
import dev.vls.replay.wire.Packer;
import dev.vls.replay.wire.WireFormat;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sends a running guest to a follower: its memory in rounds, each of what was written since the one
 * before, then an instant of it. A thread of its own reads and compresses; frames leave on the
 * protocol's thread, as fast as the connection takes them.
 */
public final class GuestSender implements LeaderHost.Bootstrap {
    /** Frames that wait to be sent. */
    private static final int QUEUE_MAX = 4;

    /** So few pages are as well sent while the guest runs on behind its instant. */
    private static final int FEW_PAGES = 512;

    private static final int ROUNDS_MAX = 8;

    /**
     * What was sent of a guest.
     *
     * @param pauseNanos for which the guest stood still at its instant
     * @param stoppedAt when that was, by {@link System#nanoTime}
     */
    public record Report(
            int rounds, long pages, long pagesBehindInstant, long pauseNanos, long stoppedAt) {}

    private record Frozen(
            Replication.@Nullable Instant instant, int pages, long nanos, long stoppedAt) {}

    private final Strategy strategy;
    private final StandingMachine machine;
    private final Replication replication;
    private final Semaphore turn;
    private final Executor loop;
    private final Consumer<Message> to;
    private final BooleanSupplier writable;
    private final Consumer<Report> done;
    private final Consumer<String> report;
    private final Packer packer;
    private final PageBatch batch;
    private final @Nullable HostDisks disks;
    private final Semaphore room = new Semaphore(QUEUE_MAX);
    private final Deque<Message> waiting = new ArrayDeque<>();
    private volatile boolean cancelled;
    private volatile @Nullable FrozenPages pages;
    private long sent;

    private GuestSender(
            Strategy strategy,
            StandingMachine machine,
            Replication replication,
            Semaphore turn,
            Executor loop,
            boolean zstd,
            @Nullable HostDisks disks,
            Consumer<Message> to,
            BooleanSupplier writable,
            Consumer<Report> done,
            Consumer<String> report) {
        this.strategy = strategy;
        this.machine = machine;
        this.replication = replication;
        this.turn = turn;
        this.loop = loop;
        this.to = to;
        this.writable = writable;
        this.done = done;
        this.report = report;
        this.disks = disks;
        this.packer = new Packer(zstd);
        this.batch = new PageBatch(packer);
    }

    /** What a leader has to send guests from. */
    public static final class Source {
        private final StandingMachine machine;
        private final Replication replication;
        private final HostDisks disks;
        private final Executor loop;
        private final Consumer<Report> done;
        private final Consumer<String> report;

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
                HostDisks disks,
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

        /** Starts to send; as {@link LeaderHost#bootstrap}. */
        public GuestSender send(
                Strategy strategy, long features, Consumer<Message> to, BooleanSupplier writable) {
            GuestSender sender =
                    new GuestSender(
                            strategy,
                            machine,
                            replication,
                            turn,
                            loop,
                            (features & WireFormat.FEATURE_ZSTD) != 0,
                            (features & WireFormat.FEATURE_DISKS) != 0 ? disks : null,
                            to,
                            writable,
                            done,
                            report);
            Thread.ofPlatform().daemon().name("vls-bootstrap").start(sender::run);
            return sender;
        }
    }

    // --- the protocol's thread ---

    @Override
    public void proceed() {
        while (!waiting.isEmpty() && writable.getAsBoolean()) {
            to.accept(waiting.remove());
            room.release();
        }
    }

    @Override
    public void request(long[] frames) {}

    @Override
    public void cancel() {
        cancelled = true;
        waiting.clear();
        room.release(QUEUE_MAX);
    }

    private void offer(Message message) {
        waiting.add(message);
        proceed();
    }

    // --- its own thread ---

    private void run() {
        turn.acquireUninterruptibly();
        try {
            transfer();
        } catch (CompletionException e) {
            if (!cancelled) {
                report.accept("the guest could not be sent: " + e.getCause());
            }
        } catch (ImageException e) {
            report.accept("the guest's disks could not be sent: " + e.getMessage());
        } finally {
            turn.release();
        }
    }

    private void transfer() {
        try {
            int round = 0;
            Frozen frozen = freeze(strategy == Strategy.STOP_AND_COPY);
            int before = Integer.MAX_VALUE;
            while (!cancelled && frozen.instant == null) {
                sendPages(round++);
                boolean shrinks = frozen.pages < before - before / 8;
                boolean last = round >= ROUNDS_MAX || frozen.pages <= FEW_PAGES || !shrinks;
                before = frozen.pages;
                frozen = freeze(last);
            }
            Replication.Instant instant = frozen.instant;
            if (instant != null && !cancelled) {
                sendInstant(instant);
                sendPages(round);
                if (disks != null) {
                    DiskCopy.send(disks, packer, this::post);
                }
                post(new Message.Complete(sent));
                done.accept(new Report(round, sent, frozen.pages, frozen.nanos, frozen.stoppedAt));
            }
        } finally {
            machine.whileItStands(this::thaw);
        }
    }

    private Frozen freeze(boolean instant) {
        Function<Machine, Frozen> work = standing -> freeze(standing, instant);
        boolean stops = instant && strategy != Strategy.SEMI_ACTIVE;
        return await(stops ? machine.stop(work) : machine.whileItStands(work));
    }

    /** On the machine's thread. */
    private Frozen freeze(Machine standing, boolean instant) {
        long start = System.nanoTime();
        FrozenPages frozen = pages;
        if (frozen == null) {
            frozen = new FrozenPages(standing.domain().memory());
            pages = frozen;
        }
        Replication.Instant taken = instant ? replication.instant(standing) : null;
        int changed = frozen.freeze(standing);
        return new Frozen(taken, changed, System.nanoTime() - start, start);
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

    private void sendInstant(Replication.Instant instant) {
        byte[] state = instant.state();
        FrozenPages frozen = pages;
        post(
                new Message.Instant(
                        instant.nextEvent(),
                        instant.steps(),
                        instant.consoleBytes(),
                        frozen == null ? 0 : frozen.frames(),
                        instant.outputDigest(),
                        state.length));
        for (int at = 0; at < state.length; at += WireFormat.PIECE_MAX) {
            int end = Math.min(state.length, at + WireFormat.PIECE_MAX);
            post(new Message.State(Arrays.copyOfRange(state, at, end)));
        }
    }

    private void sendPages(int round) {
        FrozenPages frozen = pages;
        if (frozen != null) {
            frozen.read(
                    (mfn, content) -> {
                        // Memory is zero at first, on the other side as well.
                        if (round > 0 || !PageBatch.isZero(content)) {
                            sent++;
                            if (batch.add(mfn, content)) {
                                post(batch.take(round));
                            }
                        }
                    });
            post(batch.take(round));
        }
    }

    private void post(@Nullable Message message) {
        if (message != null) {
            room.acquireUninterruptibly();
            if (!cancelled) {
                loop.execute(() -> offer(message));
            }
        }
    }
}
