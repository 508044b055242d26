package dev.vls.control;

import dev.vls.machine.Input;
import dev.vls.machine.InputSource;
import dev.vls.machine.OutputSink;
import dev.vls.machine.control.ControlCommand;
import dev.vls.machine.device.block.DiskRequest;
import dev.vls.machine.device.net.FrameOffload;
import dev.vls.replay.Recording;
import org.jspecify.annotations.Nullable;

/**
 * The ports of a machine, behind which a recorder can be put, and taken away again, while the
 * machine stands still. For the machine's thread.
 */
final class RecordingSwitch implements InputSource, OutputSink {
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
    public void console(byte[] bytes, int offset, int length) {
        ports.outputs().console(bytes, offset, length);
    }

    @Override
    public void disk(DiskRequest request) {
        ports.outputs().disk(request);
    }

    @Override
    public void controlDone(ControlCommand command, @Nullable String refusal) {
        ports.outputs().controlDone(command, refusal);
    }

    @Override
    public void networkFrame(
            int device, byte[] bytes, int offset, int length, FrameOffload offload) {
        ports.outputs().networkFrame(device, bytes, offset, length, offload);
    }

    @Override
    public void networkTaken(int device, int bytes) {
        ports.outputs().networkTaken(device, bytes);
    }
}
