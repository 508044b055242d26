package dev.vls.machine.frames;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;
import static dev.vls.machine.memory.MachineMemory.PAGE_SIZE;

import dev.vls.machine.memory.MachineMemory;
import dev.vls.xen.abi.arch.ArchLimits;
import dev.vls.xen.abi.arch.FlatSelector;
import dev.vls.xen.abi.errno.XenErrno;

/**
 * Which descriptors a guest may have (check_descriptor of arch/x86/pv/descriptor-tables.c): code
 * and data of ring 3, call gates that lead to its own code, and anything that is not present.
 */
public final class SegmentDescriptors {
    /** Returned by {@link #check} for a descriptor that is refused: a TSS, which never passes. */
    public static final long REFUSED = 0x0000_8100_0000_0000L;

    private static final long DESCRIPTOR_BYTES = 8;
    private static final int RING_3 = 3;

    // Bits of the high half.
    private static final int PRESENT = 1 << 15;
    private static final int DPL_SHIFT = 13;
    private static final int CODE_OR_DATA = 1 << 12;
    private static final int TYPE = 15 << 8;
    private static final int CALL_GATE = 12 << 8;
    private static final int GATE_RESERVED = 0xFF;

    private SegmentDescriptors() {}

    /**
     * A descriptor as Xen lets it be, its privilege level raised to the guest's.
     *
     * @return {@link #REFUSED} for one that is not allowed
     */
    public static long check(long descriptor) {
        int high = (int) (descriptor >>> 32);
        if ((high & PRESENT) == 0) {
            return descriptor;
        }
        int privilege = high >>> DPL_SHIFT & 3;
        int fixed = high | RING_3 << DPL_SHIFT;
        if ((high & CODE_OR_DATA) != 0) {
            return join((int) descriptor, fixed);
        }
        if ((high & TYPE) == 0) {
            return descriptor;
        }
        int selector = (int) (descriptor >>> 16) & 0xFFFF;
        if ((high & TYPE) != CALL_GATE
                || !isGateSelectorAllowed(selector)
                || (high & GATE_RESERVED) != 0) {
            return REFUSED;
        }
        // Level 0, so that its use faults; the guest's level is kept in the selector.
        int gate = high & ~(3 << DPL_SHIFT);
        int kept = (selector & ~3) | Math.max(privilege, RING_3);
        return join(((int) descriptor & 0xFFFF) | kept << 16, gate);
    }

    private static long join(int low, int high) {
        return (long) high << 32 | (low & 0xFFFF_FFFFL);
    }

    private static boolean isGateSelectorAllowed(int selector) {
        return selector >>> 3 < ArchLimits.FIRST_RESERVED_GDT_ENTRY
                || selector == FlatSelector.KERNEL_CS
                || (selector & 4) != 0;
    }

    /**
     * Fixes up a page of descriptors, up to the first that is refused.
     *
     * @return 0 or -EINVAL
     */
    static int validatePage(MachineMemory memory, long mfn) {
        long page = mfn << PAGE_SHIFT;
        for (long maddr = page; maddr < page + PAGE_SIZE; maddr += DESCRIPTOR_BYTES) {
            long descriptor = memory.getLong(maddr);
            long checked = check(descriptor);
            if (checked == REFUSED) {
                return -XenErrno.EINVAL;
            }
            if (checked != descriptor) {
                memory.setLong(maddr, checked);
            }
        }
        return 0;
    }
}
