package dev.vls.machine.frames;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;

import dev.vls.machine.memory.MachineMemory;
import dev.vls.xen.abi.arch.PageTableFlag;

/**
 * Looks up entries of a guest's page tables as Xen does through its linear map, without rights and
 * without setting accessed bits (map_guest_l1e of arch/x86/pv/mm.c).
 */
final class GuestWalk {
    /** There is no such entry. */
    static final long NONE = -1;

    private static final int TOP_SHIFT = 39;
    private static final long ENTRY_BYTES = 8;

    private GuestWalk() {}

    /**
     * The L1 entry for a linear address.
     *
     * @param rootMaddr machine address of the L4 table
     * @param linear an address that guests may use, see GuestAccess
     * @return its machine address, or {@link #NONE} where a table above is missing
     */
    static long leaf(MachineMemory memory, long rootMaddr, long linear) {
        long table = rootMaddr;
        for (int shift = TOP_SHIFT; shift > PAGE_SHIFT; shift -= 9) {
            long entry = memory.getLong(slot(table, linear, shift));
            if ((entry & (PageTableFlag.PRESENT | PageTableFlag.PSE)) != PageTableFlag.PRESENT) {
                return NONE;
            }
            table = entry & PageTableEntry.ADDRESS;
        }
        return slot(table, linear, PAGE_SHIFT);
    }

    private static long slot(long table, long linear, int shift) {
        return table + (linear >>> shift & (PageTableEntry.ENTRIES - 1)) * ENTRY_BYTES;
    }
}
