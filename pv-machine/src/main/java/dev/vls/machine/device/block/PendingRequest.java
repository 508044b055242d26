package dev.vls.machine.device.block;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;
import static dev.vls.machine.memory.MachineMemory.PAGE_SIZE;

import dev.vls.machine.memory.MachineMemory;
import dev.vls.machine.state.StateFields;
import dev.vls.xen.abi.io.BlkifOp;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A request of the guest that the host is at: whose it is, its pages, and the buffer that the host
 * sees of them. There are a few of these for each disk, used again and again.
 */
final class PendingRequest {
    private static final int BUFFER_BYTES_MIN = 64 << 10;
    private static final int SECTOR_SHIFT = 9;
    private static final int SECTORS_MAX = (BlockRequest.SEGMENTS_MAX * PAGE_SIZE) >> SECTOR_SHIFT;

    /** By which the host answers; -1 while the slot is free. */
    long number = -1;

    /** The frontend went away before the answer came: nobody waits for it. */
    boolean abandoned;

    /** The frontend's own, and the operation, to be echoed in the response. */
    long id;

    int operation;

    // What the host is asked.
    DiskOperation diskOperation = DiskOperation.FLUSH;
    long sector;
    long sectors;

    /** The pages are the backend's for longer than this request. */
    boolean persistent;

    int segments;
    final int[] refs = new int[BlockRequest.SEGMENTS_MAX];
    final long[] mfns = new long[BlockRequest.SEGMENTS_MAX];
    final int[] offsets = new int[BlockRequest.SEGMENTS_MAX];
    final int[] lengths = new int[BlockRequest.SEGMENTS_MAX];

    private MemorySegment buffer = MemorySegment.NULL;

    boolean isFree() {
        return number < 0;
    }

    /** The guest's pages are to be read only. */
    boolean readsPages() {
        return operation != BlkifOp.READ;
    }

    /** Room for so many bytes. */
    MemorySegment buffer(int bytes) {
        if (buffer.byteSize() < bytes) {
            long size = Math.max(BUFFER_BYTES_MIN, Integer.highestOneBit(bytes * 2 - 1));
            buffer = Arena.ofAuto().allocate(size, MachineMemory.PAGE_SIZE);
        }
        return buffer.asSlice(0, bytes);
    }

    /** Copies what the guest wants written; afterwards it may change its pages. */
    void copyOut(MachineMemory memory) {
        long done = 0;
        for (int i = 0; i < segments; i++) {
            memory.read((mfns[i] << PAGE_SHIFT) + offsets[i], buffer, done, lengths[i]);
            done += lengths[i];
        }
    }

    /** Copies what was read to where the guest wants it. */
    void copyIn(MachineMemory memory) {
        long done = 0;
        for (int i = 0; i < segments; i++) {
            memory.write((mfns[i] << PAGE_SHIFT) + offsets[i], buffer, done, lengths[i]);
            done += lengths[i];
        }
    }

    /** The request as the host is to do it, also if it is to do it once more. */
    DiskRequest toDiskRequest(int disk) {
        boolean hasData = diskOperation != DiskOperation.DISCARD;
        return new DiskRequest(
                disk,
                number,
                diskOperation,
                sector,
                sectors,
                hasData ? buffer((int) sectors << SECTOR_SHIFT) : MemorySegment.NULL);
    }

    /**
     * All of it, with what is to be written. What a read has brought so far is not the guest's yet.
     *
     * @param diskSectors size of the disk
     */
    void state(StateFields s, long frames, long diskSectors) {
        number = s.int64("number", number, -1, Long.MAX_VALUE);
        if (isFree()) {
            return;
        }
        abandoned = s.flag("abandoned", abandoned);
        id = s.int64("id", id);
        operation = s.int32("operation", operation, 0, 0xFF);
        diskOperation = s.constant("diskOperation", diskOperation);
        boolean discards = diskOperation == DiskOperation.DISCARD;
        sector = s.int64("sector", sector, 0, diskSectors);
        sectors = s.int64("sectors", sectors, 0, discards ? diskSectors : SECTORS_MAX);
        if (sectors > diskSectors - sector) {
            throw s.refusal("sectors", "beyond the disk's end");
        }
        persistent = s.flag("persistent", persistent);
        segments = s.int32("segments", segments, 0, BlockRequest.SEGMENTS_MAX);
        long bytes = 0;
        for (int i = 0; i < segments; i++) {
            refs[i] = s.int32("ref", refs[i]);
            mfns[i] = s.int64("mfn", mfns[i], 0, frames - 1);
            offsets[i] = s.int32("offset", offsets[i], 0, PAGE_SIZE);
            lengths[i] = s.int32("length", lengths[i], 0, PAGE_SIZE - offsets[i]);
            bytes += lengths[i];
        }
        if (!discards && bytes > sectors << SECTOR_SHIFT) {
            throw s.refusal("lengths", "more than the request's data");
        }
        data(s);
    }

    private void data(StateFields s) {
        MemorySegment data = toDiskRequest(0).data();
        if (diskOperation == DiskOperation.READ || data.byteSize() == 0) {
            return;
        }
        byte[] bytes = data.toArray(ValueLayout.JAVA_BYTE);
        s.bytes("data", bytes);
        MemorySegment.copy(bytes, 0, data, ValueLayout.JAVA_BYTE, 0, bytes.length);
    }
}
