package dev.vls.replay;

import dev.vls.machine.InputSource;
import dev.vls.machine.Machine;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The recorder of a machine whose log goes to followers, and its outputs through a gate. The
 * machine's thread, but for what is said.
 */
public final class Replication {
    /**
     * A place at which a machine stood still, from which others can go on.
     *
     * @param nextEvent the first event behind it
     * @param steps of all vCPUs together
     * @param consoleBytes that the guest has written to its console since its start
     * @param outputDigest the digest of outputs that was taken here, empty in front of the first
     *     event
     * @param state of the machine, docs/spec/state-format.md
     */
    @SuppressWarnings("ArrayRecordComponent") // Passed on, compared by nobody.
    public record Instant(
            long nextEvent, long steps, long consoleBytes, byte[] outputDigest, byte[] state) {}

    private final EventRing ring = new EventRing();
    private final Recorder recorder;
    private final Moments moments;

    /**
     * @param inputs of the machine
     * @param gate where its outputs go
     * @param each done at every place at which the machine asks for inputs, so it has to be quick
     */
    public Replication(
            InputSource inputs, OutputGate gate, Recording.Options options, Runnable each) {
        moments = new Moments(gate);
        recorder = new Recorder(ring, inputs, gate, options, moments, gate, each);
    }

    /** What stands between the machine and the world. */
    public Recording.Ports ports() {
        return new Recording.Ports(recorder, recorder);
    }

    /** The machine that has the ports, before it runs. */
    public void attach(Machine machine) {
        recorder.attach(machine);
    }

    /** The log, from here on; for another thread. */
    public LogTap tap() {
        return new LogTap(ring);
    }

    /** Where a machine stands still that does not run, and what it is there. */
    public Instant instant(Machine stopped) {
        recorder.takeCheckpoint(stopped);
        Instant taken = moments.last;
        if (taken == null) {
            throw new IllegalStateException("no instant was taken");
        }
        moments.last = null;
        return taken;
    }

    /** Publishes that the run has come as far as where a machine stands still. */
    public void mark(Machine stopped) {
        recorder.mark(stopped);
    }

    /** The run has ended here: publishes that. */
    public void end(Machine stopped, String reason, byte[] digest) {
        recorder.end(stopped, new RecordingEnd(reason, digest));
    }

    /** Number of the last event; -1 if there was none. From any thread. */
    public long published() {
        return ring.published();
    }

    /** A checkpoint that is not written anywhere. */
    private static final class Moments implements Checkpoints {
        private final OutputGate gate;
        private @Nullable Instant last;

        Moments(OutputGate gate) {
            this.gate = gate;
        }

        @Override
        public boolean isBusy() {
            return false;
        }

        @Override
        public void take(Machine machine, long eventsBefore, byte[] outputs) {
            last =
                    new Instant(
                            eventsBefore,
                            machine.totalSteps(),
                            gate.consoleBytes(),
                            Arrays.copyOf(outputs, outputs.length),
                            machine.save());
        }
    }
}
