package dev.vls.machine.domain;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;

import dev.vls.machine.memory.MachineMemory;
import dev.vls.xen.abi.arch.PageTableFlag;

/**
 * Writes the page tables that a {@link BootLayout} plans, with the flags of {@code
 * setup_pgtables_pv} (Xen, {@code xg_dom_x86.c}): leaves are writable except of page tables
 * themselves. The table frames are zero before.
 */
final class InitialPageTables {
    private static final long LEAF =
            PageTableFlag.PRESENT | PageTableFlag.RW | PageTableFlag.ACCESSED;
    private static final long TABLE = LEAF | PageTableFlag.DIRTY | PageTableFlag.USER;

    private final BootLayout layout;
    private final long[] p2m;
    private final MachineMemory memory;

    private InitialPageTables(BootLayout layout, long[] p2m, MachineMemory memory) {
        this.layout = layout;
        this.p2m = p2m;
        this.memory = memory;
    }

    static void write(BootLayout layout, long[] p2m, MachineMemory memory) {
        InitialPageTables writer = new InitialPageTables(layout, p2m, memory);
        for (MappedArea area : layout.areas) {
            for (int level = MappedArea.LEVELS - 1; level > 0; level--) {
                MappedArea.Tables below = area.tables().get(level - 1);
                if (!below.isEmpty()) {
                    writer.enter(level, below.from(), below.to(), below.pfn());
                }
            }
            writer.enter(0, area.from(), area.to(), area.pfn());
        }
    }

    /**
     * Makes the tables of a level point to a run of frames, each for as much as an entry covers.
     */
    private void enter(int level, long from, long to, long firstPfn) {
        int entryBits = MappedArea.coveredBits(level) - 9;
        long pfn = firstPfn;
        for (long at = from; at <= to; at += 1L << entryBits) {
            long entry = maddr(pfn) | flags(level, pfn);
            memory.setLong(maddr(tablePfn(level, at)) + ((at >>> entryBits) & 511) * 8, entry);
            pfn++;
        }
    }

    private long flags(int level, long pfn) {
        if (level > 0) {
            return TABLE;
        }
        return layout.isPageTable(pfn) ? LEAF & ~PageTableFlag.RW : LEAF;
    }

    private long tablePfn(int level, long address) {
        for (MappedArea area : layout.areas) {
            MappedArea.Tables tables = area.tables().get(level);
            if (tables.covers(address)) {
                return tables.pfn() + ((address - tables.from()) >>> MappedArea.coveredBits(level));
            }
        }
        throw new AssertionError("no table for 0x" + Long.toHexString(address));
    }

    private long maddr(long pfn) {
        return p2m[Math.toIntExact(pfn)] << PAGE_SHIFT;
    }
}
