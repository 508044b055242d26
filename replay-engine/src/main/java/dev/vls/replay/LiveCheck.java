package dev.vls.replay;

import dev.vls.machine.DomainLife;
import dev.vls.machine.Machine;
import dev.vls.machine.OutputSink;
import dev.vls.machine.cpu.translate.Engine;
import dev.vls.machine.device.block.DiskRequest;
import dev.vls.machine.host.Threads;
import dev.vls.machine.hypervisor.HypervisorLog;
import org.jspecify.annotations.Nullable;

/**
 * Replays a recording beside it, on a machine and a thread of its own that are fed from the ring,
 * and verifies every digest. The recording waits if the replay is too far behind.
 */
public final class LiveCheck {
    private final LiveEvents events;
    private final EventRing ring;
    private final GuestDescription guest;
    private final GuestFiles files;
    private final ReplayDisks disks;
    private final Engine engine;
    private final Runnable onFailure;
    private final Thread thread;
    private volatile @Nullable Machine machine;
    private volatile @Nullable RuntimeException failure;
    private volatile boolean abandoned;
    private long compared;

    private LiveCheck(
            Recording recording,
            GuestDescription guest,
            GuestFiles files,
            ReplayDisks disks,
            Engine engine,
            Runnable onFailure) {
        this.ring = recording.ring();
        this.events = new LiveEvents(ring);
        this.guest = guest;
        this.files = files;
        this.disks = disks;
        this.engine = engine;
        this.onFailure = onFailure;
        this.thread = Thread.ofPlatform().daemon().name("vls-check").unstarted(this::run);
    }

    /**
     * Starts to replay; before the recorded machine runs.
     *
     * @param disks on images of their own; closed by the caller
     * @param onFailure told when the replay ends with a difference; on its thread
     */
    public static LiveCheck start(
            Recording recording,
            GuestDescription guest,
            GuestFiles files,
            ReplayDisks disks,
            Engine engine,
            Runnable onFailure) {
        LiveCheck started = new LiveCheck(recording, guest, files, disks, engine, onFailure);
        started.thread.start();
        return started;
    }

    private void run() {
        try {
            replay();
        } catch (RuntimeException e) {
            if (!abandoned) {
                failure = e;
                onFailure.run();
            }
        } finally {
            events.leave(ring);
        }
    }

    private void replay() {
        Replayer replayer =
                new Replayer(events, Replayer.Start.BOOT, guest.interfaces().size(), disks, true);
        Recording.Ports ports = replayer.between(new Nowhere());
        try (Machine replica =
                guest.boot(files, ports.inputs(), ports.outputs(), HypervisorLog.SILENT, engine)) {
            machine = replica;
            replayer.attach(
                    replica,
                    new DomainLife(replica, guest.actions(), ended -> guest.restart(files, ended)));
            if (!abandoned) {
                replayer.run(Long.MAX_VALUE);
            }
            compared = replayer.comparedDigests();
        } finally {
            machine = null;
        }
    }

    /** The replay is waited for no more. From any thread. */
    public void abandon() {
        abandoned = true;
        events.abandon();
        Machine running = machine;
        if (running != null) {
            running.requestStop();
        }
    }

    /**
     * Waits until all is replayed; the recording has ended.
     *
     * @return digests that were compared
     * @throws DivergenceException at a difference
     */
    public long finish() {
        join();
        RuntimeException seen = failure;
        if (seen != null) {
            throw seen;
        }
        return compared;
    }

    /** Waits until the replay has ended, in whatever way. */
    public void join() {
        Threads.join(thread);
    }

    /** What the guest puts out is compared and shown to nobody. */
    private static final class Nowhere implements OutputSink {
        @Override
        public void console(byte[] bytes, int offset, int length) {}

        @Override
        public void disk(DiskRequest request) {}
    }
}
