package dev.vls.machine.frames;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;
import static dev.vls.machine.memory.MachineMemory.PAGE_SIZE;

import dev.vls.machine.memory.MachineMemory;

/**
 * Xen's machine-to-physical table: for each machine frame the guest's idea of its number, in frames
 * of the hypervisor that guests read at MACH2PHYS_VIRT_START. Eight bytes an entry, rounded up to
 * chunks of 2 MiB as Xen maps it.
 */
public final class MachineToPhys {
    /** Of a frame that has no pfn: INVALID_M2P_ENTRY. */
    public static final long INVALID = -1;

    static final int CHUNK_FRAMES = 512;

    /** What Xen fills the rest of the last chunk with. */
    private static final int BEYOND = 0x77;

    private final MachineMemory memory;
    private final long base;

    private MachineToPhys(MachineMemory memory, long firstMfn) {
        this.memory = memory;
        this.base = firstMfn << PAGE_SHIFT;
    }

    /** Frames that the table of a machine takes: a multiple of {@link #CHUNK_FRAMES}. */
    static long tableFrames(long machineFrames) {
        long bytes = machineFrames * Long.BYTES;
        long chunkBytes = (long) CHUNK_FRAMES * PAGE_SIZE;
        return (bytes + chunkBytes - 1) / chunkBytes * CHUNK_FRAMES;
    }

    /** The table that memory holds already. */
    static MachineToPhys at(MachineMemory memory, long firstMfn) {
        return new MachineToPhys(memory, firstMfn);
    }

    /** A table with no valid entry, at frames of the hypervisor. */
    static MachineToPhys create(MachineMemory memory, long firstMfn) {
        MachineToPhys table = new MachineToPhys(memory, firstMfn);
        long used = memory.frames() * Long.BYTES;
        long all = tableFrames(memory.frames()) * PAGE_SIZE;
        memory.fill(table.base, used, 0xFF);
        memory.fill(table.base + used, all - used, BEYOND);
        return table;
    }

    /** Number of 2 MiB chunks of the table that have entries for frames. */
    public long chunks() {
        return tableFrames(memory.frames()) / CHUNK_FRAMES;
    }

    /** First frame of a chunk. */
    public long chunkMfn(long chunk) {
        return firstMfn() + chunk * CHUNK_FRAMES;
    }

    /** First frame of the table. */
    long firstMfn() {
        return base >>> PAGE_SHIFT;
    }

    /** The guest's number of a frame that exists. */
    public long get(long mfn) {
        return memory.getLong(base + mfn * Long.BYTES);
    }

    /** Sets any value the guest likes. */
    public void set(long mfn, long pfn) {
        memory.setLong(base + mfn * Long.BYTES, pfn);
    }
}
