package dev.vls.replay.locate;

import dev.vls.machine.DomainLife;
import dev.vls.machine.Machine;
import dev.vls.machine.MachineExit;
import dev.vls.machine.cpu.translate.Engine;
import dev.vls.machine.hypervisor.HypervisorLog;
import dev.vls.replay.DivergenceException;
import dev.vls.replay.GuestDescription;
import dev.vls.replay.GuestFiles;
import dev.vls.replay.GuestHeader;
import dev.vls.replay.Recording;
import dev.vls.replay.ReplayDisks;
import dev.vls.replay.ReplayException;
import dev.vls.replay.Replayer;
import dev.vls.replay.StoredCheckpoint;
import dev.vls.trace.TraceHeader;
import dev.vls.trace.TraceReader;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The replay of a trace in an engine.
 *
 * @param trace open as long as the run is used
 * @param disks makes the disks of each execution
 */
public record ReplayedRun(
        String name,
        TraceReader trace,
        GuestFiles files,
        Supplier<? extends Disks> disks,
        Engine engine)
        implements RepeatableRun {
    /** The disks of one execution, which differs from the next in what the guest writes. */
    public interface Disks extends AutoCloseable {
        /** Without images. */
        Disks NONE =
                new Disks() {
                    @Override
                    public ReplayDisks disks() {
                        return ReplayDisks.withoutImages();
                    }

                    @Override
                    public void close() {}
                };

        ReplayDisks disks();

        @Override
        void close();
    }

    @Override
    public Execution begin(long totalSteps) {
        Disks opened = disks.get();
        try {
            return new Replay(this, opened, start(totalSteps));
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    /** The last checkpoint before; null for the guest's boot. */
    private @Nullable StoredCheckpoint start(long totalSteps) {
        TraceHeader header = trace.header();
        boolean booted = header.start().equals(TraceHeader.BOOT);
        StoredCheckpoint first = booted ? null : StoredCheckpoint.first(trace);
        if (!header.disks().isEmpty() && !GuestHeader.logsDiskData(header)) {
            return first;
        }
        StoredCheckpoint nearest = StoredCheckpoint.nearest(trace, totalSteps);
        return nearest == null ? first : nearest;
    }

    private static final class Replay implements Execution {
        private final OutputTrail outputs = new OutputTrail();
        private final Disks disks;
        private final Replayer replayer;
        private final Machine machine;
        private @Nullable String stopped;

        Replay(ReplayedRun run, Disks disks, @Nullable StoredCheckpoint from) {
            this.disks = disks;
            GuestDescription guest = GuestHeader.read(run.trace.header());
            replayer =
                    new Replayer(
                            run.trace.eventsFrom(from == null ? 0 : from.nextEvent()),
                            from == null ? Replayer.Start.BOOT : from.start(),
                            guest.interfaces().size(),
                            disks.disks(),
                            false);
            Recording.Ports ports = replayer.between(outputs);
            HypervisorLog log = HypervisorLog.SILENT;
            machine =
                    from == null
                            ? guest.boot(
                                    run.files, ports.inputs(), ports.outputs(), log, run.engine)
                            : from.restore(guest, ports.inputs(), ports.outputs(), log, run.engine);
            machine.unansweredDiskRequests().forEach(disks.disks()::submit);
            replayer.attach(
                    machine,
                    new DomainLife(
                            machine, guest.actions(), ended -> guest.restart(run.files, ended)));
        }

        @Override
        public Machine machine() {
            return machine;
        }

        @Override
        public OutputTrail outputs() {
            return outputs;
        }

        @Override
        public @Nullable String advance(long totalSteps) {
            if (stopped == null && totalSteps > machine.totalSteps()) {
                try {
                    Replayer.Outcome outcome = replayer.run(totalSteps);
                    if (outcome.exit() != MachineExit.STEP_LIMIT) {
                        stopped = "ends";
                    }
                } catch (DivergenceException | ReplayException e) {
                    stopped = String.valueOf(e.getMessage());
                }
            }
            return stopped;
        }

        @Override
        public void close() {
            try (disks) {
                machine.close();
            }
        }
    }
}
