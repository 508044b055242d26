package dev.vls.replay;

import dev.vls.machine.Input;
import dev.vls.machine.device.block.DiskOperation;
import dev.vls.machine.device.block.DiskRequest;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Requests to read from disks that were not answered yet. */
public final class PendingReads {
    private record Key(int disk, long number) {}

    private final Map<Key, DiskRequest> reads = new HashMap<>();

    /** Takes note of a request, if it reads. */
    public void add(DiskRequest request) {
        if (request.operation() == DiskOperation.READ) {
            reads.put(new Key(request.disk(), request.number()), request);
        }
    }

    /** The request that is answered, if it reads. */
    public @Nullable DiskRequest remove(Input.BlockDone answer) {
        return reads.remove(new Key(answer.device(), answer.request()));
    }
}
