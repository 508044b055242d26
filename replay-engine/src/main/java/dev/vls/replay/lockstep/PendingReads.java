package dev.vls.replay.lockstep;

import dev.vls.machine.Input;
import dev.vls.machine.device.block.DiskOperation;
import dev.vls.machine.device.block.DiskRequest;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Requests to read from disks that were not answered yet. */
final class PendingReads {
    private record Key(int disk, long number) {}

    private final Map<Key, DiskRequest> reads = new HashMap<>();

    void add(DiskRequest request) {
        if (request.operation() == DiskOperation.READ) {
            reads.put(new Key(request.disk(), request.number()), request);
        }
    }

    /** The request that is answered, if it reads. */
    @Nullable DiskRequest remove(Input.BlockDone answer) {
        return reads.remove(new Key(answer.device(), answer.request()));
    }
}
