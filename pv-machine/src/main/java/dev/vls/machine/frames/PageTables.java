package dev.vls.machine.frames;

import static dev.vls.machine.frames.PageTableEntry.ENTRIES;
import static dev.vls.machine.frames.PageTableEntry.isPresent;
import static dev.vls.machine.frames.PageTableEntry.isWritable;
import static dev.vls.machine.frames.PageTableEntry.mfn;
import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;

import dev.vls.machine.memory.MachineMemory;
import dev.vls.machine.state.StateFields;
import dev.vls.xen.abi.errno.XenErrno;

/**
 * Promotion of frames to page tables and back: every present entry of a table holds a reference on
 * what it names, with the type of its use (promote_l1_table … demote_l4_table, get_page_from_l1e …
 * put_page_from_l4e of arch/x86/mm.c). Recursion is as deep as page tables are, plus one step
 * through a linear entry.
 */
final class PageTables {
    private static final long ENTRY_BYTES = 8;

    private final FrameTable frames;
    private final PageTypes types;
    private final XenPageTables xenPageTables;
    private final DomainRules rules;
    private final MachineMemory memory;
    private long entriesVisited;

    PageTables(FrameTable frames, PageTypes types, XenPageTables xenPageTables, DomainRules rules) {
        this.frames = frames;
        this.types = types;
        this.xenPageTables = xenPageTables;
        this.rules = rules;
        this.memory = frames.memory();
    }

    /** Entries of tables that were promoted or demoted since the machine was made. */
    long entriesVisited() {
        return entriesVisited;
    }

    // --- tables ---

    /**
     * Validates a page as a table of a level and takes the references of all its entries. On an
     * error the references are dropped again; entries validated before it stay adjusted.
     *
     * @return 0, or the negated errno of the first bad entry
     */
    int promote(long table, int level) {
        entriesVisited += ENTRIES;
        for (int slot = 0; slot < ENTRIES; slot++) {
            if (!isGuestSlot(level, slot)) {
                continue;
            }
            long maddr = (table << PAGE_SHIFT) + slot * ENTRY_BYTES;
            long entry = memory.getLong(maddr);
            if (!isPresent(entry)) {
                continue;
            }
            int result = getFromEntry(level, entry, table);
            if (result < 0) {
                demote(table, level, slot);
                return result;
            }
            long adjusted = PageTableEntry.adjust(level, entry);
            if (adjusted != entry) {
                memory.setLong(maddr, adjusted);
            }
        }
        if (level == PageType.L4_TABLE) {
            xenPageTables.fillSlots(table, rules.hidesM2pFromUser());
        }
        return 0;
    }

    /** Drops the references of the first entries of a table, from the last one down. */
    void demote(long table, int level, int entries) {
        entriesVisited += entries;
        for (int slot = entries - 1; slot >= 0; slot--) {
            if (isGuestSlot(level, slot)) {
                putFromEntry(
                        level, memory.getLong((table << PAGE_SHIFT) + slot * ENTRY_BYTES), table);
            }
        }
    }

    static boolean isGuestSlot(int level, int slot) {
        return level != PageType.L4_TABLE || PageTableEntry.isGuestL4Slot(slot);
    }

    // --- entries ---

    /**
     * Takes the references of a present entry of a table of the guest.
     *
     * @return 0, or a negated errno
     */
    int getFromEntry(int level, long entry, long table) {
        return level == PageType.L1_TABLE
                ? getFromLeaf(entry, FrameOwner.GUEST)
                : getFromTableEntry(level, entry, table);
    }

    /** Drops the references of an entry, which need not be present. */
    void putFromEntry(int level, long entry, long table) {
        if (!isPresent(entry)) {
            return;
        }
        if (level == PageType.L1_TABLE) {
            putFromLeaf(entry);
        } else if (mfn(entry) != table) {
            types.putType(mfn(entry), table);
            frames.putPage(mfn(entry));
        }
    }

    long disallowed(int level) {
        if (level > PageType.L1_TABLE) {
            return PageTableEntry.TABLE_DISALLOWED;
        }
        return rules.allowsCacheAttributes() ? 0 : PageTableEntry.LEAF_DISALLOWED;
    }

    /**
     * Takes the references of a present L1 entry (get_page_from_l1e).
     *
     * @param pageOwner to whom the mapped frame shall belong: the guest, or {@link FrameOwner#IO}
     */
    int getFromLeaf(long entry, int pageOwner) {
        if ((entry & disallowed(PageType.L1_TABLE)) != 0) {
            return -XenErrno.EINVAL;
        }
        long mfn = mfn(entry);
        int owner = frames.isValid(mfn) ? frames.getOwnerAndReference(mfn) : FrameOwner.IO;
        if (owner == FrameOwner.IO) {
            if (frames.isValid(mfn)) {
                frames.putPage(mfn);
            }
            return mfn == PageTableEntry.INVALID_MFN ? -XenErrno.EINVAL : -XenErrno.EPERM;
        }
        if (owner != pageOwner) {
            if (owner != FrameOwner.NONE) {
                frames.putPage(mfn);
            }
            return -XenErrno.EBUSY;
        }
        if (isWritable(entry) && types.getType(mfn, PageType.WRITABLE) != 0) {
            frames.putPage(mfn);
            return -XenErrno.EBUSY;
        }
        if ((entry & PageTableEntry.CACHE_ATTRIBUTES) != 0 && frames.isXenHeap(mfn)) {
            putFromLeaf(entry);
            return -XenErrno.EACCES;
        }
        return 0;
    }

    private void putFromLeaf(long entry) {
        long mfn = mfn(entry);
        if (isWritable(entry)) {
            types.putType(mfn);
        }
        frames.putPage(mfn);
    }

    private int getFromTableEntry(int level, long entry, long table) {
        if ((entry & PageTableEntry.TABLE_DISALLOWED) != 0) {
            return -XenErrno.EINVAL;
        }
        int result = types.getPageAndType(mfn(entry), level - 1);
        return result == -XenErrno.EINVAL && getLinear(level, entry, table) ? 0 : result;
    }

    /**
     * Lets a table name one of its own level, itself included: a linear page table. Read-only, and
     * of two tables that are not the same only one may be so named and only the other may name.
     */
    private boolean getLinear(int level, long entry, long table) {
        if (isWritable(entry)) {
            return false;
        }
        long mfn = mfn(entry);
        if (mfn == table) {
            return true;
        }
        if (!frames.getPage(mfn, FrameOwner.GUEST)) {
            return false;
        }
        short entries = frames.linear[(int) table];
        short uses = frames.linear[(int) mfn];
        if (entries < 0
                || entries == Short.MAX_VALUE
                || uses > 0
                || uses == Short.MIN_VALUE
                || !types.isTable(mfn, level)
                || frames.typeCount[(int) mfn] == Integer.MAX_VALUE) {
            frames.putPage(mfn);
            return false;
        }
        frames.linear[(int) table]++;
        frames.linear[(int) mfn]--;
        frames.typeCount[(int) mfn]++;
        return true;
    }

    void state(StateFields s) {
        entriesVisited = s.int64("entriesVisited", entriesVisited);
    }
}
