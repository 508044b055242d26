package dev.vls.replay;

import dev.vls.machine.Input;
import dev.vls.machine.device.block.DiskOperation;
import dev.vls.machine.device.block.DiskPort;
import dev.vls.machine.device.block.DiskRequest;
import dev.vls.machine.host.disk.HostDisks;
import dev.vls.trace.TraceEvent;
import dev.vls.xen.abi.io.BlkifStatus;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The disks of a replay: does requests where the guest makes them, and has their answers come from
 * the trace. Without images only traces can be replayed that hold what was read.
 */
public final class ReplayDisks implements DiskPort, AutoCloseable {
    private record Key(int disk, long request) {}

    /**
     * A request that the trace has not answered yet.
     *
     * @param status of doing it here; {@link BlkifStatus#OKAY} also if there is no image to do it
     */
    private record Outstanding(DiskRequest request, int status) {}

    private final @Nullable HostDisks images;
    private final Map<Key, Outstanding> outstanding = new HashMap<>();
    private int lastStatus;

    private ReplayDisks(@Nullable HostDisks images) {
        this.images = images;
        if (images != null) {
            images.answerAtOnce(answer -> lastStatus = status(answer));
        }
    }

    private static int status(Input answer) {
        return ((Input.BlockDone) answer).status();
    }

    /** For a guest without disks, or a trace that holds what was read from them. */
    public static ReplayDisks withoutImages() {
        return new ReplayDisks(null);
    }

    /**
     * On images that are as they were when the run started, and which belong to this replay: it
     * writes them, and closes them.
     */
    public static ReplayDisks on(HostDisks images) {
        return new ReplayDisks(images);
    }

    @Override
    public void submit(DiskRequest request) {
        lastStatus = BlkifStatus.OKAY;
        if (images != null) {
            images.submit(request);
        }
        outstanding.put(
                new Key(request.disk(), request.number()), new Outstanding(request, lastStatus));
    }

    /**
     * The trace answers a request.
     *
     * @throws ReplayException if it was not made, or what was read is neither in the trace nor on
     *     an image
     */
    Input done(TraceEvent.BlockDone done) {
        Outstanding pending = outstanding.remove(new Key(done.device(), done.request()));
        if (pending == null) {
            throw new ReplayException(
                    "the trace answers request %d to disk %d, which the guest has not made"
                            .formatted(done.request(), done.device()));
        }
        DiskRequest request = pending.request;
        if (done.status() == BlkifStatus.OKAY && request.operation() == DiskOperation.READ) {
            if (done.data() != null) {
                copy(done.data().toArray(), request);
            } else if (images == null || pending.status != BlkifStatus.OKAY) {
                throw new ReplayException(
                        "disk %d: what the guest read at sector %d cannot be read here, and is not in the trace"
                                .formatted(request.disk(), request.sector()));
            }
        }
        return new Input.BlockDone(done.device(), done.request(), done.status());
    }

    private static void copy(byte[] data, DiskRequest request) {
        if (data.length != request.data().byteSize()) {
            throw new ReplayException(
                    "the trace has %d bytes for a read of %d"
                            .formatted(data.length, request.data().byteSize()));
        }
        request.data().copyFrom(MemorySegment.ofArray(data));
    }

    @Override
    public void close() {
        if (images != null) {
            images.close();
        }
    }
}
