package dev.vls.machine.frames;

import static dev.vls.xen.abi.arch.PageTableFlag.ACCESSED;
import static dev.vls.xen.abi.arch.PageTableFlag.AVAIL;
import static dev.vls.xen.abi.arch.PageTableFlag.AVAIL_HIGH;
import static dev.vls.xen.abi.arch.PageTableFlag.DIRTY;
import static dev.vls.xen.abi.arch.PageTableFlag.GLOBAL;
import static dev.vls.xen.abi.arch.PageTableFlag.GUEST_KERNEL;
import static dev.vls.xen.abi.arch.PageTableFlag.NX;
import static dev.vls.xen.abi.arch.PageTableFlag.PAT;
import static dev.vls.xen.abi.arch.PageTableFlag.PCD;
import static dev.vls.xen.abi.arch.PageTableFlag.PRESENT;
import static dev.vls.xen.abi.arch.PageTableFlag.PSE;
import static dev.vls.xen.abi.arch.PageTableFlag.PWT;
import static dev.vls.xen.abi.arch.PageTableFlag.RW;
import static dev.vls.xen.abi.arch.PageTableFlag.USER;

/**
 * Page-table entries and Xen's rules for 64-bit PV guests: which bits a guest may set, which ones
 * Xen sets (arch/x86/mm.c, arch/x86/pv/mm.h, asm/page.h).
 */
public final class PageTableEntry {
    /** The frame's machine address. */
    public static final long ADDRESS = 0x000f_ffff_ffff_f000L;

    /** Frame number of an entry whose address bits are all ones. */
    public static final long INVALID_MFN = ADDRESS >>> 12;

    /** Entries of a table. */
    public static final int ENTRIES = 512;

    /** L4 slots of Xen: first and last. */
    public static final int FIRST_XEN_SLOT = 256;

    public static final int LAST_XEN_SLOT = 271;

    static final long CACHE_ATTRIBUTES = PAT | PCD | PWT;

    /** Bits that no guest may set in L2, L3 and L4 entries: base_disallow_mask. */
    static final long TABLE_DISALLOWED = PWT | PCD | PSE | GLOBAL;

    /** Bits that a domain without devices may not set in L1 entries. */
    static final long LEAF_DISALLOWED = CACHE_ATTRIBUTES;

    /** What may change without a new validation: FASTPATH_FLAG_WHITELIST. */
    private static final long UNVALIDATED =
            NX | AVAIL_HIGH | AVAIL | GLOBAL | DIRTY | ACCESSED | USER;

    private PageTableEntry() {}

    static boolean isPresent(long entry) {
        return (entry & PRESENT) != 0;
    }

    static boolean isWritable(long entry) {
        return (entry & RW) != 0;
    }

    /** The frame that an entry names, up to 40 bits. */
    public static long mfn(long entry) {
        return (entry & ADDRESS) >>> 12;
    }

    /** Whether the slot of an L4 table is the guest's to use. */
    static boolean isGuestL4Slot(int slot) {
        return slot < FIRST_XEN_SLOT || slot > LAST_XEN_SLOT;
    }

    /** Whether two entries differ in what needs validation. */
    static boolean needsValidation(long oldEntry, long newEntry) {
        return ((oldEntry ^ newEntry) & ~UNVALIDATED) != 0;
    }

    /**
     * An entry of a level as Xen stores it: user access always (guest kernels run in ring 3),
     * kernel pages marked in L1, user pages global in L1, L4 entries accessed.
     */
    static long adjust(int level, long entry) {
        if (!isPresent(entry)) {
            return entry;
        }
        return switch (level) {
            case 1 -> adjustLeaf(entry);
            case 4 -> entry | ACCESSED | USER;
            default -> entry | USER;
        };
    }

    /** As {@link #adjust} for a present L1 entry. */
    public static long adjustLeaf(long entry) {
        long adjusted = entry;
        if ((adjusted & USER) == 0) {
            adjusted |= GUEST_KERNEL | USER;
        }
        if ((adjusted & GUEST_KERNEL) == 0) {
            adjusted |= GLOBAL | USER;
        }
        return adjusted;
    }
}
