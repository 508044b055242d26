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
import dev.vls.replay.ReplayStarts;
import dev.vls.replay.Replayer;
import dev.vls.replay.StoredCheckpoint;
import dev.vls.trace.TraceReader;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The replay of a trace in an engine.
 *
 * @param starts of the trace; open as long as the run is used
 * @param disks makes the disks of each execution
 */
public record ReplayedRun(
        String name,
        ReplayStarts starts,
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
            return new Replay(this, opened, starts.nearest(totalSteps));
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    private static final class Replay implements Execution {
        private final OutputTrail outputs = new OutputTrail();
        private final Disks disks;
        private final Replayer replayer;
        private final Machine machine;
        private @Nullable String stopped;

        Replay(ReplayedRun run, Disks disks, @Nullable StoredCheckpoint from) {
            this.disks = disks;
            TraceReader trace = run.starts.trace();
            GuestDescription guest = GuestHeader.read(trace.header());
            replayer =
                    new Replayer(
                            trace.eventsFrom(from == null ? 0 : from.nextEvent()),
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
