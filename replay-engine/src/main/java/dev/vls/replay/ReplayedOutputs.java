package dev.vls.replay;

import dev.vls.machine.OutputSink;
import dev.vls.machine.control.ControlCommand;
import dev.vls.machine.device.block.DiskPort;
import dev.vls.machine.device.block.DiskRequest;
import dev.vls.machine.device.net.FrameOffload;
import org.jspecify.annotations.Nullable;

/** Has requests done by the replay's own disks, and shows everything to the world. */
final class ReplayedOutputs implements OutputSink {
    private final OutputSink world;
    private final DiskPort disks;

    ReplayedOutputs(OutputSink world, DiskPort disks) {
        this.world = world;
        this.disks = disks;
    }

    @Override
    public void console(byte[] bytes, int offset, int length) {
        world.console(bytes, offset, length);
    }

    @Override
    public void disk(DiskRequest request) {
        disks.submit(request);
        world.disk(request);
    }

    @Override
    public void controlDone(ControlCommand command, @Nullable String refusal) {
        world.controlDone(command, refusal);
    }

    @Override
    public void networkFrame(
            int device, byte[] bytes, int offset, int length, FrameOffload offload) {
        world.networkFrame(device, bytes, offset, length, offload);
    }

    @Override
    public void networkTaken(int device, int bytes) {
        world.networkTaken(device, bytes);
    }
}
