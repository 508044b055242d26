package dev.vls.machine.memory;

import java.util.Arrays;

/**
 * A direct-mapped software TLB: parallel arrays, one slot per linear page number modulo {@link
 * #SLOTS}. A tag is the linear address of the page, or {@link #INVALID}, which no page address
 * equals. Read, write and execute rights have tags of their own, so the hit path is one comparison.
 *
 * <p>The TLB is coherent: whoever changes a present page-table entry drops what was made from it
 * (docs/spec/determinism.md), so its content never shows in the guest's state.
 */
public final class Tlb {
    public static final int SLOTS = 2048;
    public static final long INVALID = 1;

    public final long[] readTag = new long[SLOTS];
    public final long[] writeTag = new long[SLOTS];
    public final long[] executeTag = new long[SLOTS];

    /** Host address minus linear address. */
    public final long[] addend = new long[SLOTS];

    /** Machine frame behind each slot, valid where any tag is. */
    public final long[] mfn = new long[SLOTS];

    /**
     * Changes whenever an entry that allowed execution may have gone: links between blocks check
     * it.
     */
    public int generation;

    public Tlb() {
        flush();
    }

    public static int slot(long linear) {
        return (int) (linear >>> MachineMemory.PAGE_SHIFT) & (SLOTS - 1);
    }

    public void flush() {
        Arrays.fill(readTag, INVALID);
        Arrays.fill(writeTag, INVALID);
        Arrays.fill(executeTag, INVALID);
        generation++;
    }

    /** Drops the entry for one linear page, if there is one. */
    public void invalidate(long linear) {
        int slot = slot(linear);
        long page = linear & MachineMemory.PAGE_MASK;
        if (readTag[slot] == page || writeTag[slot] == page || executeTag[slot] == page) {
            drop(slot);
        }
    }

    /** Drops every entry that maps a frame. */
    public void invalidateFrame(long frame) {
        for (int slot = 0; slot < SLOTS; slot++) {
            if (mfn[slot] == frame) {
                drop(slot);
            }
        }
    }

    /** Makes the next write to a frame take the slow path; reads stay fast. */
    public void writeProtectFrame(long frame) {
        for (int slot = 0; slot < SLOTS; slot++) {
            if (mfn[slot] == frame) {
                writeTag[slot] = INVALID;
            }
        }
    }

    /** Makes the next write to any page take the slow path. */
    public void writeProtectAll() {
        Arrays.fill(writeTag, INVALID);
    }

    private void drop(int slot) {
        readTag[slot] = INVALID;
        writeTag[slot] = INVALID;
        executeTag[slot] = INVALID;
        generation++;
    }
}
