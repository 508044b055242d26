package dev.vls.machine.frames;

import static dev.vls.machine.frames.PageTableEntry.ADDRESS;
import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;
import static dev.vls.xen.abi.arch.PageTableFlag.ACCESSED;
import static dev.vls.xen.abi.arch.PageTableFlag.DIRTY;
import static dev.vls.xen.abi.arch.PageTableFlag.NX;
import static dev.vls.xen.abi.arch.PageTableFlag.RW;
import static dev.vls.xen.abi.arch.PageTableFlag.USER;

import dev.vls.machine.cpu.Cpu;

/**
 * Keeps the software TLBs coherent: when a present page-table entry loses anything that a TLB entry
 * could have been made from, that goes from every vCPU's TLBs before the next guest instruction
 * (docs/spec/determinism.md). Changes within {@link #begin} and {@link #end} are applied together;
 * nothing in between may use a TLB.
 */
public final class TlbCoherence {
    /** Frames that are looked for one by one; more than these, and everything is flushed. */
    private static final int PENDING_MAX = 8;

    private Cpu[] cpus = {};
    private final long[] pending = new long[PENDING_MAX];
    private int pendingCount;
    private boolean flushAll;
    private int depth;

    /** Names the vCPUs, once. */
    void attach(Cpu[] all) {
        cpus = all.clone();
    }

    public void begin() {
        depth++;
    }

    public void end() {
        depth--;
        apply();
    }

    /** An L1 entry was changed. What was made from it maps the frame that it named. */
    void leafChanged(long oldEntry, long newEntry) {
        if (!losesRights(oldEntry, newEntry)) {
            return;
        }
        if (pendingCount == PENDING_MAX) {
            flushAll = true;
        } else if (!flushAll) {
            pending[pendingCount++] = PageTableEntry.mfn(oldEntry);
        }
        apply();
    }

    /** An entry above L1 was changed. */
    void tableChanged(long oldEntry, long newEntry) {
        if (losesRights(oldEntry, newEntry)) {
            flushAll = true;
            apply();
        }
    }

    /** A table is in use as an L4 table no more; nobody will say what becomes of it. */
    void rootDropped(long mfn) {
        for (Cpu cpu : cpus) {
            cpu.forgetRoot(mfn << PAGE_SHIFT);
        }
    }

    private static boolean losesRights(long oldEntry, long newEntry) {
        if (!PageTableEntry.isPresent(oldEntry)) {
            return false;
        }
        return !PageTableEntry.isPresent(newEntry)
                || ((oldEntry ^ newEntry) & ADDRESS) != 0
                || (oldEntry & ~newEntry & (RW | USER | ACCESSED | DIRTY)) != 0
                || (newEntry & ~oldEntry & NX) != 0;
    }

    private void apply() {
        if (depth > 0 || (!flushAll && pendingCount == 0)) {
            return;
        }
        for (Cpu cpu : cpus) {
            if (flushAll) {
                cpu.flushTlb();
            } else {
                for (int i = 0; i < pendingCount; i++) {
                    cpu.invalidateFrame(pending[i]);
                }
            }
        }
        flushAll = false;
        pendingCount = 0;
    }
}
