package dev.vls.machine.device.block;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;

import dev.vls.machine.memory.MachineMemory;
import dev.vls.xen.abi.io.BlkifOp;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A request of the guest that the host is at: whose it is, its pages, and the buffer that the host
 * sees of them. There are a few of these for each disk, used again and again.
 */
final class PendingRequest {
    private static final int BUFFER_BYTES_MIN = 64 << 10;

    /** By which the host answers; -1 while the slot is free. */
    long number = -1;

    /** The frontend went away before the answer came: nobody waits for it. */
    boolean abandoned;

    /** The frontend's own, and the operation, to be echoed in the response. */
    long id;

    int operation;

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
}
