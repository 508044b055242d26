package dev.vls.machine;

import dev.vls.machine.control.ControlCommand;
import dev.vls.machine.device.block.DiskRequest;
import dev.vls.machine.device.net.FrameOffload;
import org.jspecify.annotations.Nullable;

/** Passes all outputs on; who stands between a machine and the world overrides what it looks at. */
public abstract class ForwardingOutputSink implements OutputSink {
    /** Where outputs go; asked for each of them. */
    protected abstract OutputSink next();

    @Override
    public void console(byte[] bytes, int offset, int length) {
        next().console(bytes, offset, length);
    }

    @Override
    public void disk(DiskRequest request) {
        next().disk(request);
    }

    @Override
    public void controlDone(ControlCommand command, @Nullable String refusal) {
        next().controlDone(command, refusal);
    }

    @Override
    public void networkFrame(
            int device, byte[] bytes, int offset, int length, FrameOffload offload) {
        next().networkFrame(device, bytes, offset, length, offload);
    }

    @Override
    public void networkTaken(int device, int bytes) {
        next().networkTaken(device, bytes);
    }
}
