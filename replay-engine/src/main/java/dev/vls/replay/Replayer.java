package dev.vls.replay;

import dev.vls.machine.DomainLife;
import dev.vls.machine.Input;
import dev.vls.machine.Machine;
import dev.vls.machine.MachineExit;
import dev.vls.machine.OutputSink;
import dev.vls.machine.StateDigest;
import dev.vls.replay.Divergence.Place;
import dev.vls.replay.Divergence.What;
import dev.vls.trace.Bytes;
import dev.vls.trace.EventCursor;
import dev.vls.trace.TraceEvent;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Executes again what is in a trace, on a machine that is in the state of some place of it: its
 * start, or a checkpoint. One thread. The order of calls is {@link #between}, by which the machine
 * gets its ports, {@link #attach}, then {@link #run} as often as wanted.
 */
public final class Replayer {
    /**
     * Where a replay begins.
     *
     * @param outputs what the next digest of outputs begins with, empty at the start of the run;
     *     not changed by anybody
     */
    @SuppressWarnings("ArrayRecordComponent") // Passed on, compared by nobody.
    public record Start(Place place, byte[] outputs) {
        /** The start of the run. */
        public static final Start BOOT = new Start(Place.START, PlaceDigest.NOT_TAKEN);

        /** Where a machine of a leader stood still. */
        public static Start at(long nextEvent, long steps, byte[] outputDigest) {
            return new Start(new Place(0, 0, nextEvent, steps), outputDigest);
        }
    }

    /**
     * How far a replay came.
     *
     * @param exit of the machine
     * @param atEnd whether all of the trace was replayed
     * @param reason how the recorded run ended; null if that is not reached, or not in the trace
     */
    public record Outcome(MachineExit exit, boolean atEnd, @Nullable String reason) {}

    private final TraceInputs inputs;
    private final ReplayDisks disks;
    private final boolean verify;
    private final byte[] outputsBefore;
    private @Nullable OutputDigest outputs;
    private @Nullable ReplayCheckpoints checkpoints;
    private @Nullable DueCheckpoints due;
    private BooleanSupplier stopping = () -> false;
    private @Nullable Machine machine;
    private @Nullable DomainLife life;
    private Place equal;
    private long compared;
    private boolean traceEnded;

    /**
     * A replay of the events of a trace.
     *
     * @param events at the first one behind the start
     * @param networks interfaces that the machine has
     * @param verify whether digests are compared
     */
    public Replayer(
            EventCursor events, Start start, int networks, ReplayDisks disks, boolean verify) {
        this(EventSource.of(events), start, networks, disks, verify);
    }

    /** The same of events that may still be on their way. */
    public Replayer(
            EventSource events, Start start, int networks, ReplayDisks disks, boolean verify) {
        this.inputs = new TraceInputs(events, networks, new Listener());
        this.disks = disks;
        this.verify = verify;
        this.equal = start.place();
        this.outputsBefore = start.outputs();
    }

    /** The ports of the machine; what it puts out goes to the world given here. */
    public Recording.Ports between(OutputSink world) {
        OutputSink sink = new ReplayedOutputs(world, disks);
        if (verify) {
            outputs = new OutputDigest(sink, outputsBefore, checkpoints != null);
            sink = outputs;
        }
        if (checkpoints != null) {
            due = new DueCheckpoints(inputs, this::isReadyForCheckpoint, this::takeCheckpoint);
        }
        return new Recording.Ports(due == null ? inputs : due, sink);
    }

    /**
     * Has checkpoints made as it goes, by a replay that verifies. To be called before the machine
     * gets its ports.
     *
     * @param userStops whether somebody wants the replay to end
     */
    public void makeCheckpoints(ReplayCheckpoints made, BooleanSupplier userStops) {
        if (!verify) {
            throw new IllegalStateException("checkpoints of what is not verified");
        }
        checkpoints = made;
        stopping = userStops;
    }

    private boolean isReadyForCheckpoint() {
        return !traceEnded
                && checkpoints != null
                && checkpoints.isReady()
                && outputs != null
                && outputs.begun() != null;
    }

    private void takeCheckpoint(Machine stopped) {
        byte[] begun = outputs == null ? null : outputs.begun();
        if (checkpoints != null && begun != null) {
            checkpoints.take(stopped, inputs.nextEvent(), begun);
        }
    }

    /** The machine that has the ports, and what runs it over its domain's lives. */
    public void attach(Machine running, DomainLife itsLife) {
        machine = running;
        life = itsLife;
        if (due != null && checkpoints != null) {
            due.attach(running);
            due.every(checkpoints.steps(), running.totalSteps());
        }
    }

    private Machine machine() {
        if (machine == null) {
            throw new IllegalStateException("no machine is attached");
        }
        return machine;
    }

    /**
     * Runs to the trace's end, or until all vCPUs together have taken so many steps.
     *
     * @throws DivergenceException at the first difference: of a digest if those are compared, of a
     *     place in any case; the machine is left as it is there
     * @throws ReplayException if the trace has what the machine cannot be given
     * @throws dev.vls.trace.TraceFormatException if the trace is damaged
     */
    public Outcome run(long stepLimit) {
        if (life == null) {
            throw new IllegalStateException("no machine is attached");
        }
        MachineExit exit = life.run(stepLimit);
        while (exit == MachineExit.STOPPED
                && !traceEnded
                && due != null
                && due.takeDue()
                && !stopping.getAsBoolean()) {
            exit = life.run(stepLimit);
        }
        boolean stoppedByOthers = exit == MachineExit.STOPPED && !traceEnded;
        if (exit == MachineExit.STEP_LIMIT || stoppedByOthers) {
            return new Outcome(exit, false, null);
        }
        return new Outcome(exit, true, finish());
    }

    /** Digests that were compared so far. */
    public long comparedDigests() {
        return compared;
    }

    /** The place where the machine is. */
    public Place place() {
        int vcpu = machine().currentVcpu();
        return place(vcpu, machine().domain().vcpu(vcpu).cpu.instructionCount, inputs.nextEvent());
    }

    private Place place(int vcpu, long instructionCount, long event) {
        return new Place(vcpu, instructionCount, event, machine().totalSteps());
    }

    /** The machine has stopped: it must be where the trace ends, and as it was there. */
    private @Nullable String finish() {
        String reason = null;
        Place here = place();
        for (TraceEvent event = inputs.next(); event != null; event = inputs.next()) {
            if (event.vcpu() != here.vcpu()
                    || event.instructionCount() != here.instructionCount()) {
                throw misplaced(here, event);
            }
            switch (event) {
                case TraceEvent.Digest digest -> compare(digest, here);
                case TraceEvent.End end -> {
                    compareEnd(end, here);
                    reason = end.reason();
                }
                default -> throw misplaced(here, event);
            }
            inputs.advance();
        }
        return reason;
    }

    private DivergenceException misplaced(Place here, TraceEvent next) {
        boolean ended = machine().domain().isShutDown();
        return new DivergenceException(
                new Divergence(
                        ended ? What.END : What.PLACE,
                        equal,
                        here,
                        "the %s here, and the trace goes on with %s for vCPU %d at %d"
                                .formatted(
                                        ended ? "guest has ended" : "machine is",
                                        next.kind(),
                                        next.vcpu(),
                                        next.instructionCount())));
    }

    private void compareEnd(TraceEvent.End end, Place here) {
        if (verify && end.digest().length() > 0) {
            Bytes found = Bytes.of(StateDigest.sha256(machine().domain()));
            if (!found.equals(end.digest())) {
                throw differs(
                        What.MEMORY,
                        here,
                        "the final state's digest is %s, recorded was %s"
                                .formatted(found, end.digest()));
            }
            compared++;
        }
    }

    private void compare(TraceEvent.Digest digest, Place here) {
        if (!verify || outputs == null) {
            return;
        }
        if (digest.vcpus().length() > 0
                && !isSame(digest.vcpus(), StateDigest.ofVcpus(machine().domain()))) {
            throw differs(What.VCPUS, here, "the vCPUs' state differs");
        }
        if (digest.outputs().length() > 0 && !isSame(digest.outputs(), outputs.take())) {
            throw differs(What.OUTPUTS, here, "what the guest has put out differs");
        }
        if (digest.memory().length() > 0
                && !isSame(digest.memory(), MemoryDigest.of(machine().domain().memory()))) {
            throw differs(What.MEMORY, here, "the guest's memory differs");
        }
        compared++;
        equal = here;
    }

    private static boolean isSame(Bytes recorded, byte[] found) {
        return Arrays.equals(recorded.toArray(), found);
    }

    private DivergenceException differs(What what, Place here, String detail) {
        return new DivergenceException(new Divergence(what, equal, here, detail));
    }

    private final class Listener implements TraceInputs.Listener {
        @Override
        public void digest(TraceEvent.Digest digest, long event) {
            compare(digest, place(digest.vcpu(), digest.instructionCount(), event));
        }

        @Override
        public Input blockDone(TraceEvent.BlockDone done) {
            return disks.done(done);
        }

        @Override
        public void end() {
            traceEnded = true;
            machine().requestStop();
        }

        @Override
        public DivergenceException misplaced(
                int vcpu, long instructionCount, TraceEvent next, long event) {
            return Replayer.this.misplaced(place(vcpu, instructionCount, event), next);
        }
    }
}
