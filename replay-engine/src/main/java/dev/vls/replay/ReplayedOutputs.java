package dev.vls.replay;

import dev.vls.machine.ForwardingOutputSink;
import dev.vls.machine.OutputSink;
import dev.vls.machine.device.block.DiskPort;
import dev.vls.machine.device.block.DiskRequest;

/** Has requests done by the replay's own disks, and shows everything to the world. */
final class ReplayedOutputs extends ForwardingOutputSink {
    private final OutputSink world;
    private final DiskPort disks;

    ReplayedOutputs(OutputSink world, DiskPort disks) {
        this.world = world;
        this.disks = disks;
    }

    @Override
    protected OutputSink next() {
        return world;
    }

    @Override
    public void disk(DiskRequest request) {
        disks.submit(request);
        super.disk(request);
    }
}
