package dev.vls.machine.frames;

import static dev.vls.machine.frames.PageTableEntry.isPresent;
import static dev.vls.machine.memory.MachineMemory.PAGE_MASK;
import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;
import static dev.vls.xen.abi.arch.PageTableFlag.ACCESSED;
import static dev.vls.xen.abi.arch.PageTableFlag.DIRTY;

import dev.vls.machine.memory.MachineMemory;
import dev.vls.xen.abi.errno.XenErrno;

/**
 * Changes to entries of tables in use (mod_l1_entry … mod_l4_entry of arch/x86/mm.c, ptwr of
 * arch/x86/pv/ro-page-fault.c): the new entry is checked and its references taken, it is written,
 * the old one's references are dropped, the TLBs follow.
 */
public final class EntryUpdates {
    private static final int ENTRY_BYTES = 8;

    private final PageTables tables;
    private final TlbCoherence tlbs;
    private final MachineMemory memory;

    EntryUpdates(FrameTable frames, PageTypes types, TlbCoherence tlbs) {
        this.tables = types.tables();
        this.tlbs = tlbs;
        this.memory = frames.memory();
    }

    /**
     * Changes an L1 entry.
     *
     * @param maddr aligned machine address of an entry of an L1 table in use
     * @param pageOwner to whom the mapped frame shall belong
     * @return 0, or a negated errno and nothing changed
     */
    public int updateLeaf(long maddr, long newEntry, int pageOwner, boolean keepAccessedDirty) {
        long old = memory.getLong(maddr);
        long entry = newEntry;
        if (isPresent(entry)) {
            if ((entry & tables.disallowed(PageType.L1_TABLE)) != 0) {
                return -XenErrno.EINVAL;
            }
            entry = PageTableEntry.adjust(PageType.L1_TABLE, entry);
            if (!PageTableEntry.needsValidation(old, entry)) {
                writeLeaf(maddr, old, entry, keepAccessedDirty);
                return 0;
            }
            int result = tables.getFromLeaf(entry, pageOwner);
            if (result != 0) {
                return result;
            }
        }
        writeLeaf(maddr, old, entry, keepAccessedDirty);
        tables.putFromEntry(PageType.L1_TABLE, old, maddr >>> PAGE_SHIFT);
        return 0;
    }

    /**
     * Changes an entry above L1.
     *
     * @param maddr aligned machine address of an entry of a table in use
     * @param level of the table: 2 to 4
     * @return 0, or a negated errno and nothing changed
     */
    public int updateTable(long maddr, int level, long newEntry, boolean keepAccessedDirty) {
        int slot = (int) (maddr & ~PAGE_MASK) / ENTRY_BYTES;
        if (!PageTables.isGuestSlot(level, slot)) {
            return -XenErrno.EINVAL;
        }
        long table = maddr >>> PAGE_SHIFT;
        long old = memory.getLong(maddr);
        long entry = newEntry;
        if (isPresent(entry)) {
            if ((entry & tables.disallowed(level)) != 0) {
                return -XenErrno.EINVAL;
            }
            entry = PageTableEntry.adjust(level, entry);
            if (!PageTableEntry.needsValidation(old, entry)) {
                writeTable(maddr, old, entry, keepAccessedDirty);
                return 0;
            }
            int result = tables.getFromEntry(level, entry, table);
            if (result != 0) {
                return result;
            }
        }
        writeTable(maddr, old, entry, keepAccessedDirty);
        tables.putFromEntry(level, old, table);
        return 0;
    }

    /**
     * Changes an L1 entry as a store of the guest asks for it: without the short cut for changes of
     * flags alone, as Xen's emulation.
     *
     * @return 0, or a negated errno and nothing changed
     */
    int storeLeaf(long maddr, long newEntry) {
        long entry = newEntry;
        if (isPresent(entry)) {
            int result = tables.getFromLeaf(entry, FrameOwner.GUEST);
            if (result != 0) {
                return result;
            }
        }
        entry = PageTableEntry.adjust(PageType.L1_TABLE, entry);
        long old = memory.getLong(maddr);
        writeLeaf(maddr, old, entry, false);
        tables.putFromEntry(PageType.L1_TABLE, old, maddr >>> PAGE_SHIFT);
        return 0;
    }

    /**
     * Writes an L1 entry whose references somebody else accounts for, as grant mappings do.
     *
     * @return the old entry, whose references are the caller's to drop
     */
    public long replaceLeaf(long maddr, long newEntry) {
        long old = memory.getLong(maddr);
        writeLeaf(maddr, old, newEntry, false);
        return old;
    }

    /** Drops the references of an L1 entry that is in no table any more. */
    public void releaseLeaf(long entry) {
        tables.putFromEntry(PageType.L1_TABLE, entry, PageTypes.NO_TABLE);
    }

    private void writeLeaf(long maddr, long old, long entry, boolean keepAccessedDirty) {
        tlbs.leafChanged(old, write(maddr, old, entry, keepAccessedDirty));
    }

    private void writeTable(long maddr, long old, long entry, boolean keepAccessedDirty) {
        tlbs.tableChanged(old, write(maddr, old, entry, keepAccessedDirty));
    }

    private long write(long maddr, long old, long entry, boolean keepAccessedDirty) {
        long written = keepAccessedDirty ? entry | (old & (ACCESSED | DIRTY)) : entry;
        memory.setLong(maddr, written);
        return written;
    }
}
