package dev.vls.machine.memory;

/**
 * The walk of 4-level page tables (Intel SDM vol. 3, 4.5) as a PV guest meets it: every access
 * comes from ring 3, so every level must allow user access; accessed and dirty bits are set by the
 * walk; a 2 MiB mapping is honoured. One instance serves one vCPU; the result stays in its fields
 * until the next walk.
 */
public final class PageWalker {
    public static final int READ = 0;
    public static final int WRITE = 1 << 1;
    public static final int FETCH = 1 << 4;

    /** Bits of the page-fault error code (SDM vol. 3, 4.7). */
    public static final int ERROR_PRESENT = 1;

    public static final int ERROR_WRITE = 1 << 1;
    public static final int ERROR_USER = 1 << 2;
    public static final int ERROR_RESERVED = 1 << 3;
    public static final int ERROR_FETCH = 1 << 4;

    private static final long PRESENT = 1;
    private static final long RW = 1 << 1;
    private static final long USER = 1 << 2;
    private static final long ACCESSED = 1 << 5;
    private static final long DIRTY = 1 << 6;
    private static final long PSE = 1 << 7;
    private static final long ADDRESS = 0x000f_ffff_ffff_f000L;

    private final MachineMemory memory;
    private final long memoryBytes;

    /** Machine address that the linear address translates to. */
    public long maddr;

    /** Machine address of the leaf entry. */
    public long leafMaddr;

    /** All levels allow writing. */
    public boolean writable;

    /** The leaf's dirty bit is set, so that later writes need no walk. */
    public boolean dirty;

    /** Error code of the page fault when {@link #walk} returned false. */
    public int errorCode;

    public PageWalker(MachineMemory memory) {
        this.memory = memory;
        this.memoryBytes = memory.frames() << MachineMemory.PAGE_SHIFT;
    }

    /**
     * Translates one canonical address.
     *
     * @param root machine address of the L4 table
     * @param access {@link #READ}, {@link #WRITE} or {@link #FETCH}
     * @return false for a page fault, with {@link #errorCode} set and nothing changed
     */
    public boolean walk(long root, long linear, int access) {
        long table = root;
        long allowed = RW | USER;
        long forbidden = 0;
        long entry = 0;
        long entryMaddr = 0;
        int shift = 39;
        long upper1 = 0;
        long upper2 = 0;
        long upper3 = 0;
        while (true) {
            entryMaddr = table + ((linear >>> shift & 0x1ff) << 3);
            entry = memory.getLong(entryMaddr);
            if ((entry & PRESENT) == 0) {
                return fault(access, 0);
            }
            allowed &= entry;
            forbidden |= entry;
            long target = entry & ADDRESS;
            boolean leaf = shift == 12 || (shift == 21 && (entry & PSE) != 0);
            if (isReserved(entry, shift) || target >= memoryBytes) {
                return fault(access, ERROR_PRESENT | ERROR_RESERVED);
            }
            if (leaf) {
                break;
            }
            upper3 = upper2;
            upper2 = upper1;
            upper1 = entryMaddr;
            table = target;
            shift -= 9;
        }
        if ((allowed & USER) == 0
                || (access == WRITE && (allowed & RW) == 0)
                || (access == FETCH && forbidden < 0)) {
            return fault(access, ERROR_PRESENT);
        }
        markAccessed(upper3);
        markAccessed(upper2);
        markAccessed(upper1);
        long wanted = access == WRITE ? ACCESSED | DIRTY : ACCESSED;
        if ((entry & wanted) != wanted) {
            entry |= wanted;
            memory.setLong(entryMaddr, entry);
        }
        leafMaddr = entryMaddr;
        long offsetMask = (1L << shift) - 1;
        maddr = (entry & ADDRESS & ~offsetMask) | (linear & offsetMask);
        writable = (allowed & RW) != 0;
        dirty = (entry & DIRTY) != 0;
        return true;
    }

    /**
     * Where an address leads, without looking at rights and without marking entries: for those who
     * look at a guest and leave no trace in it.
     *
     * @param root machine address of the L4 table
     * @return a machine address, or -1 where nothing is mapped
     */
    public long peek(long root, long linear) {
        long table = root;
        for (int shift = 39; true; shift -= 9) {
            long entry = memory.getLong(table + ((linear >>> shift & 0x1ff) << 3));
            table = entry & ADDRESS;
            if ((entry & PRESENT) == 0 || isReserved(entry, shift) || table >= memoryBytes) {
                return -1;
            }
            if (shift == 12 || (shift == 21 && (entry & PSE) != 0)) {
                long offsetMask = (1L << shift) - 1;
                return (table & ~offsetMask) | (linear & offsetMask);
            }
        }
    }

    private static boolean isReserved(long entry, int shift) {
        return switch (shift) {
            case 39, 30 -> (entry & PSE) != 0;
            case 21 -> (entry & PSE) != 0 && (entry & 0x1f_e000) != 0;
            default -> false;
        };
    }

    private void markAccessed(long entryMaddr) {
        if (entryMaddr != 0) {
            long entry = memory.getLong(entryMaddr);
            if ((entry & ACCESSED) == 0) {
                memory.setLong(entryMaddr, entry | ACCESSED);
            }
        }
    }

    private boolean fault(int access, int cause) {
        errorCode = cause | access | ERROR_USER;
        return false;
    }
}
