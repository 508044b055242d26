package dev.vls.machine.hypercall;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;
import static dev.vls.xen.abi.memory.MemoryOp.DECREASE_RESERVATION;
import static dev.vls.xen.abi.memory.MemoryOp.INCREASE_RESERVATION;
import static dev.vls.xen.abi.memory.MemoryOp.POPULATE_PHYSMAP;

import dev.vls.machine.frames.GuestReservation;
import dev.vls.machine.frames.MemoryManager;
import dev.vls.machine.hypervisor.GuestBuffer;
import dev.vls.machine.hypervisor.HypercallCall;
import dev.vls.machine.hypervisor.Vcpu;
import dev.vls.xen.abi.memory.MemoryFlag;
import dev.vls.xen.abi.memory.XenMemoryReservation;

/**
 * The memory operations that change the reservation by lists of extents: increase_reservation,
 * decrease_reservation, populate_physmap (common/memory.c). They answer how many extents were done,
 * also when something is wrong.
 */
final class ReservationOps {
    /** Order of the largest extents that an unprivileged domain may name: CONFIG_DOMU_MAX_ORDER. */
    static final int EXTENT_ORDER_MAX = 9;

    private static final int PFN_BYTES = 8;
    private static final int ADDRESS_BITS_MASK = 0xFF;
    private static final int NODE_MASK = 0xFF00;

    private final GuestReservation reservation;
    private final long frames;
    private final GuestBuffer request = new GuestBuffer(XenMemoryReservation.SIZE);

    // The running call.
    private long extents;
    private long count;
    private int order;
    private int addressBits;

    ReservationOps(MemoryManager memory) {
        this.reservation = memory.reservation();
        this.frames = memory.frames().frames();
    }

    long execute(Vcpu vcpu, HypercallCall call, int operation, long start) {
        if (!vcpu.guest.read(call.argument[1], request)) {
            return start;
        }
        count = request.getLong(XenMemoryReservation.NR_EXTENTS);
        extents = request.getLong(XenMemoryReservation.EXTENT_START);
        order = request.getInt(XenMemoryReservation.EXTENT_ORDER);
        int flags = request.getInt(XenMemoryReservation.MEM_FLAGS);
        int domid = request.getShort(XenMemoryReservation.DOMID);
        addressBits = addressBits(flags, frames);
        boolean onDemand =
                operation == POPULATE_PHYSMAP && (flags & MemoryFlag.POPULATE_ON_DEMAND) != 0;
        if (Long.compareUnsigned(count, (1L << (32 - MemoryOp.EXTENT_SHIFT)) - 1) > 0
                || Long.compareUnsigned(start, count) >= 0
                || DomainLookup.byAnyId(vcpu.domain, domid) != DomainLookup.SELF
                || addressBits < 0
                || !isNodeAllowed(flags)
                || !areExtentsOkay(operation, start)
                || Integer.compareUnsigned(order, EXTENT_ORDER_MAX) > 0
                || onDemand) {
            return start;
        }
        for (long i = start; i < count; i++) {
            if (i > start && call.preempt()) {
                call.argument[0] = operation | i << MemoryOp.EXTENT_SHIFT;
                return call.continueWith();
            }
            if (!executeOne(vcpu, operation, extents + i * PFN_BYTES)) {
                return i;
            }
        }
        return count;
    }

    private boolean areExtentsOkay(int operation, long start) {
        return (operation == INCREASE_RESERVATION && extents == 0)
                || GuestArrays.isRangeOkay(extents, start, count - 1, PFN_BYTES);
    }

    private boolean executeOne(Vcpu vcpu, int operation, long extent) {
        if (operation == INCREASE_RESERVATION) {
            long mfn = reservation.allocate(order, addressBits);
            return mfn >= 0 && (extents == 0 || vcpu.guest.write(extent, PFN_BYTES, mfn));
        }
        if (!vcpu.guest.read(extent, PFN_BYTES)) {
            return false;
        }
        long number = vcpu.guest.value();
        if (operation == DECREASE_RESERVATION) {
            for (int i = 0; i < 1 << order; i++) {
                if (!reservation.remove(number + i)) {
                    return false;
                }
            }
            return true;
        }
        long mfn = reservation.allocate(order, addressBits);
        if (mfn < 0) {
            return false;
        }
        reservation.setPfns(mfn, number, order);
        return vcpu.guest.write(extent, PFN_BYTES, mfn);
    }

    /** Bound on addresses that flags ask for; -1 if it is below a page. */
    static int addressBits(int flags, long machineFrames) {
        int bits = flags & ADDRESS_BITS_MASK;
        int all = Long.SIZE - Long.numberOfLeadingZeros(machineFrames - 1) + PAGE_SHIFT;
        if (bits == 0 || bits >= all) {
            return GuestReservation.ANY_ADDRESS;
        }
        return bits <= PAGE_SHIFT ? -1 : bits;
    }

    /** A guest may name a node, which is ignored, but not insist on it. */
    static boolean isNodeAllowed(int flags) {
        return (flags & MemoryFlag.VNODE) != 0 || isExactNodeAllowed(flags);
    }

    static boolean isExactNodeAllowed(int flags) {
        return (flags & NODE_MASK) == 0 || (flags & MemoryFlag.EXACT_NODE_REQUEST) == 0;
    }
}
