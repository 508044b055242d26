package dev.vls.control;

import dev.vls.machine.ForwardingOutputSink;
import dev.vls.machine.Input;
import dev.vls.machine.InputSource;
import dev.vls.machine.OutputSink;
import dev.vls.replay.Recording;
import org.jspecify.annotations.Nullable;

/**
 * The ports of a machine, behind which a recorder can be put, and taken away again, while the
 * machine stands still. For the machine's thread.
 */
final class RecordingSwitch extends ForwardingOutputSink implements InputSource {
    private Recording.Ports ports;

    /**
     * @param live what is connected at first
     */
    RecordingSwitch(Recording.Ports live) {
        ports = live;
    }

    /** What the machine gets and gives goes through these from now on. */
    void connect(Recording.Ports next) {
        ports = next;
    }

    @Override
    public long runLimit(int vcpu, long instructionCount) {
        return ports.inputs().runLimit(vcpu, instructionCount);
    }

    @Override
    public @Nullable Input poll(int vcpu, long instructionCount, long systemTime) {
        return ports.inputs().poll(vcpu, instructionCount, systemTime);
    }

    @Override
    public @Nullable Input await(int vcpu, long instructionCount, long systemTime, long deadline) {
        return ports.inputs().await(vcpu, instructionCount, systemTime, deadline);
    }

    @Override
    protected OutputSink next() {
        return ports.outputs();
    }
}
