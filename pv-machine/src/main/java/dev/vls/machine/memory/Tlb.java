package dev.vls.machine.memory;

import java.util.Arrays;

/**
 * A direct-mapped software TLB: parallel arrays, one slot per linear page number modulo {@link
 * #SLOTS}. A tag is the linear address of the page, or {@link #INVALID}, which no page address
 * equals. Data and instruction fetches have entries of their own, so that neither evicts the other;
 * read and write rights have tags of their own, so the hit path is one comparison.
 *
 * <p>The TLB is coherent: whoever changes a present page-table entry drops what was made from it
 * (docs/spec/determinism.md), so its content never shows in the guest's state. Entries are found by
 * the frame that they map through chains of slots.
 */
public final class Tlb {
    public static final int SLOTS = 2048;
    public static final long INVALID = 1;

    private static final int END = -1;
    private static final long NO_FRAME = -1;

    /** Slots of instruction fetches come behind those of data in what chains link. */
    private static final int FETCH = SLOTS;

    public final long[] readTag = new long[SLOTS];
    public final long[] writeTag = new long[SLOTS];

    /** Host address minus linear address, of data. */
    public final long[] addend = new long[SLOTS];

    public final long[] executeTag = new long[SLOTS];

    /** Frames by slot, those of data first; {@link #NO_FRAME} in a slot that is in no chain. */
    private final long[] frames = new long[2 * SLOTS];

    /** First slot of the chain of frames with the same {@link #chain}, and the next ones. */
    private final int[] first = new int[SLOTS];

    private final int[] next = new int[2 * SLOTS];
    private boolean used = true;

    public Tlb() {
        flush();
    }

    public static int slot(long linear) {
        return (int) (linear >>> MachineMemory.PAGE_SHIFT) & (SLOTS - 1);
    }

    /** Machine frame behind a slot of data, valid where a tag is. */
    public long dataFrame(int slot) {
        return frames[slot];
    }

    /** Machine frame behind a slot of instruction fetches, valid where the tag is. */
    public long executeFrame(int slot) {
        return frames[FETCH + slot];
    }

    /** Whether an address may be executed and is backed by a frame, as far as is known here. */
    public boolean executes(long linear, long frame) {
        int slot = slot(linear);
        return executeTag[slot] == (linear & MachineMemory.PAGE_MASK)
                && frames[FETCH + slot] == frame;
    }

    /** Enters a page for data. */
    public void fill(long page, long frame, long hostMinusLinear, boolean writable) {
        int slot = slot(page);
        link(slot, frame);
        readTag[slot] = page;
        writeTag[slot] = writable ? page : INVALID;
        addend[slot] = hostMinusLinear;
    }

    /** Enters a page for instruction fetches. */
    public void fillExecute(long page, long frame) {
        int slot = slot(page);
        link(FETCH + slot, frame);
        executeTag[slot] = page;
    }

    public void flush() {
        if (!used) {
            return;
        }
        Arrays.fill(readTag, INVALID);
        Arrays.fill(writeTag, INVALID);
        Arrays.fill(executeTag, INVALID);
        Arrays.fill(frames, NO_FRAME);
        Arrays.fill(first, END);
        used = false;
    }

    /** Drops every entry that maps a frame. */
    public void invalidateFrame(long frame) {
        for (int i = first[chain(frame)]; i != END; i = next[i]) {
            if (frames[i] == frame) {
                if (i < FETCH) {
                    readTag[i] = INVALID;
                    writeTag[i] = INVALID;
                } else {
                    executeTag[i - FETCH] = INVALID;
                }
            }
        }
    }

    /** Makes the next write to a frame take the slow path; reads stay fast. */
    public void writeProtectFrame(long frame) {
        for (int i = first[chain(frame)]; i != END; i = next[i]) {
            if (frames[i] == frame && i < FETCH) {
                writeTag[i] = INVALID;
            }
        }
    }

    /** Makes the next write to any page take the slow path. */
    public void writeProtectAll() {
        Arrays.fill(writeTag, INVALID);
    }

    private static int chain(long frame) {
        return (int) frame & (SLOTS - 1);
    }

    /** Moves a slot to the chain of the frame that it maps from now on. */
    private void link(int slot, long frame) {
        used = true;
        long old = frames[slot];
        if (old == frame) {
            return;
        }
        if (old != NO_FRAME) {
            unlink(slot, chain(old));
        }
        frames[slot] = frame;
        next[slot] = first[chain(frame)];
        first[chain(frame)] = slot;
    }

    private void unlink(int slot, int chain) {
        if (first[chain] == slot) {
            first[chain] = next[slot];
            return;
        }
        int before = first[chain];
        while (next[before] != slot) {
            before = next[before];
        }
        next[before] = next[slot];
    }
}
