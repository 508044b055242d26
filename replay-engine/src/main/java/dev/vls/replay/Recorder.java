package dev.vls.replay;

import dev.vls.machine.ForwardingOutputSink;
import dev.vls.machine.Input;
import dev.vls.machine.InputSource;
import dev.vls.machine.Machine;
import dev.vls.machine.OutputSink;
import dev.vls.machine.StateDigest;
import dev.vls.machine.device.block.DiskRequest;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a live machine and its inputs and outputs, and publishes to the ring what a replay
 * needs: each input with its place, and now and then the digests of a place. All of it happens on
 * the machine's thread.
 */
final class Recorder extends ForwardingOutputSink implements InputSource {
    /**
     * Digests of outputs and vCPUs are taken at the latest after so many events or payload bytes.
     */
    private static final int EVENTS_BETWEEN = 1000;

    private static final int BYTES_BETWEEN = 24 << 10;

    private final EventRing ring;
    private final InputSource source;
    private final OutputDigest outputs;
    private final boolean logDiskData;
    private final long digestSteps;
    private final long memoryDigestSteps;
    private final long memoryDigestNanos;
    private final Runnable each;
    private final Checkpoints checkpoints;
    private final OutputMarks marks;

    /** Reads under way, if what they find is logged. */
    private final PendingReads reads = new PendingReads();

    private @Nullable Machine machine;
    private int eventsSince;
    private long bytesSince;
    private long digestDue;
    private long memoryDigestDue;
    private long memoryDigestTime;

    /**
     * @param marks whether places behind outputs are to be known
     * @param each done at every place at which the machine asks for inputs, so it has to be quick
     */
    Recorder(
            EventRing ring,
            InputSource source,
            OutputSink sink,
            Recording.Options options,
            Checkpoints checkpoints,
            OutputMarks marks,
            Runnable each) {
        this.ring = ring;
        this.source = source;
        this.outputs = new OutputDigest(sink, PlaceDigest.NOT_TAKEN, false);
        this.logDiskData = options.logDiskData();
        this.digestSteps = options.digestSteps();
        this.digestDue = digestSteps;
        this.memoryDigestSteps = options.memoryDigestSteps();
        this.memoryDigestDue = memoryDigestSteps == 0 ? Long.MAX_VALUE : memoryDigestSteps;
        this.memoryDigestNanos = options.memoryDigestNanos();
        this.memoryDigestTime = memoryDigestNanos;
        this.checkpoints = checkpoints;
        this.marks = marks;
        this.each = each;
    }

    /** The machine whose inputs these are; nothing is digested before. */
    void attach(Machine running) {
        machine = running;
        running.unansweredDiskRequests().forEach(this::remember);
    }

    /** What a read finds is wanted when it is answered, if that is logged. */
    private void remember(DiskRequest request) {
        if (logDiskData) {
            reads.add(request);
        }
    }

    /** Publishes the end, at the place where the machine has stopped. */
    void end(Machine stopped, RecordingEnd end) {
        publishDigest(stopped, false);
        int vcpu = stopped.currentVcpu();
        ring.publish(vcpu, stopped.domain().vcpu(vcpu).cpu.instructionCount, end);
        marks.marked(ring.published());
    }

    // --- inputs ---

    @Override
    public long runLimit(int vcpu, long instructionCount) {
        return source.runLimit(vcpu, instructionCount);
    }

    @Override
    public @Nullable Input poll(int vcpu, long instructionCount, long systemTime) {
        arrive(systemTime);
        return recorded(vcpu, instructionCount, source.poll(vcpu, instructionCount, systemTime));
    }

    @Override
    public @Nullable Input await(int vcpu, long instructionCount, long systemTime, long deadline) {
        arrive(systemTime);
        return recorded(
                vcpu, instructionCount, source.await(vcpu, instructionCount, systemTime, deadline));
    }

    /** Takes a checkpoint where the machine has stopped, behind a digest if anything was before. */
    void takeCheckpoint(Machine stopped) {
        byte[] outputDigest =
                ring.published() >= 0 ? publishDigest(stopped, false) : PlaceDigest.NOT_TAKEN;
        checkpoints.take(stopped, ring.published() + 1, outputDigest);
    }

    /** Publishes that the run has come as far as where the machine has stopped. */
    void mark(Machine stopped) {
        publishDigest(stopped, false);
    }

    private void arrive(long systemTime) {
        each.run();
        if (machine != null) {
            long steps = machine.totalSteps();
            if (steps >= digestDue || eventsSince >= EVENTS_BETWEEN || bytesSince > BYTES_BETWEEN) {
                boolean memory = steps >= memoryDigestDue && systemTime >= memoryDigestTime;
                publishDigest(machine, memory);
                digestDue = steps + digestSteps;
                if (memory) {
                    memoryDigestDue = steps + memoryDigestSteps;
                    memoryDigestTime = systemTime + memoryDigestNanos;
                }
            } else if (marks.areWanted()) {
                publish(
                        machine,
                        new PlaceDigest(
                                outputs.take(), PlaceDigest.NOT_TAKEN, PlaceDigest.NOT_TAKEN));
            }
        }
    }

    /** Publishes the digests of the place where the machine is; answers that of outputs. */
    private byte[] publishDigest(Machine machine, boolean memory) {
        PlaceDigest digest =
                new PlaceDigest(
                        outputs.take(),
                        StateDigest.ofVcpus(machine.domain()),
                        memory
                                ? MemoryDigest.of(machine.domain().memory())
                                : PlaceDigest.NOT_TAKEN);
        publish(machine, digest);
        eventsSince = 0;
        bytesSince = 0;
        return digest.outputs();
    }

    /** A digest of outputs is a mark: the run has come so far. */
    private void publish(Machine machine, PlaceDigest digest) {
        int vcpu = machine.currentVcpu();
        ring.publish(vcpu, machine.domain().vcpu(vcpu).cpu.instructionCount, digest);
        marks.marked(ring.published());
    }

    private @Nullable Input recorded(int vcpu, long instructionCount, @Nullable Input input) {
        if (input != null) {
            byte[] data = input instanceof Input.BlockDone done ? dataOf(done) : null;
            int bytes = (data == null ? 0 : data.length) + payloadBytes(input);
            ring.publish(vcpu, instructionCount, input, bytes, data);
            eventsSince++;
            bytesSince += bytes;
        }
        return input;
    }

    private byte @Nullable [] dataOf(Input.BlockDone done) {
        DiskRequest read = reads.remove(done);
        return read == null ? null : read.data().toArray(ValueLayout.JAVA_BYTE);
    }

    private static int payloadBytes(Input input) {
        return switch (input) {
            case Input.ConsoleIn typed -> typed.bytes().length;
            case Input.NetRx frame -> frame.frame().length;
            case Input.Control control -> control.command().text().length();
            case Input.Clock clock -> 0;
            case Input.NetCarrier carrier -> 0;
            case Input.BlockDone done -> 0;
        };
    }

    // --- outputs ---

    @Override
    protected OutputSink next() {
        return outputs;
    }

    @Override
    public void disk(DiskRequest request) {
        remember(request);
        super.disk(request);
    }
}
