package dev.vls.machine.hypercall;

import dev.vls.machine.frames.GuestReservation;
import dev.vls.machine.frames.MemoryManager;
import dev.vls.machine.hypervisor.GuestBuffer;
import dev.vls.machine.hypervisor.HypercallCall;
import dev.vls.machine.hypervisor.Vcpu;
import dev.vls.xen.abi.errno.XenErrno;
import dev.vls.xen.abi.memory.XenMemoryExchange;
import dev.vls.xen.abi.memory.XenMemoryReservation;

/**
 * XENMEM_exchange (memory_exchange of common/memory.c): gives up extents of one size for extents of
 * another, chunk by chunk; a chunk is exchanged whole or not at all.
 */
final class MemoryExchange {
    private static final int PFN_BYTES = 8;
    private static final int IN = XenMemoryExchange.IN;
    private static final int OUT = XenMemoryExchange.OUT;

    private final GuestReservation reservation;
    private final long frames;
    private final GuestBuffer request = new GuestBuffer(XenMemoryExchange.SIZE);

    // The running call.
    private long inExtents;
    private long outExtents;
    private long inCount;
    private long exchanged;
    private int inOrder;
    private int outOrder;
    private int addressBits;

    /** A chunk is so many in-extents, and so many out-extents, as powers of two; one is 0. */
    private int inChunkOrder;

    private int outChunkOrder;

    MemoryExchange(MemoryManager memory) {
        this.reservation = memory.reservation();
        this.frames = memory.frames().frames();
    }

    long execute(Vcpu vcpu, HypercallCall call) {
        long argument = call.argument[1];
        if (!vcpu.guest.read(argument, request)) {
            return -XenErrno.EFAULT;
        }
        int refused = checkSizes();
        if (refused == 0) {
            if (exchanged == inCount) {
                return 0;
            }
            refused = checkRest(vcpu);
        }
        if (refused != 0) {
            return writeBack(vcpu, argument, exchanged, refused);
        }
        long first = exchanged >>> inChunkOrder;
        for (long chunk = first; chunk < inCount >>> inChunkOrder; chunk++) {
            if (chunk != first && call.preempt()) {
                long result = writeBack(vcpu, argument, chunk << inChunkOrder, 0);
                return result != 0 ? result : call.continueWith();
            }
            int result = exchangeChunk(vcpu, chunk);
            if (result != 0) {
                return writeBack(vcpu, argument, chunk << inChunkOrder, result);
            }
        }
        return writeBack(vcpu, argument, inCount, 0);
    }

    private static long writeBack(Vcpu vcpu, long argument, long done, int result) {
        long linear = argument + XenMemoryExchange.NR_EXCHANGED;
        return vcpu.guest.write(linear, Long.BYTES, done) ? result : -XenErrno.EFAULT;
    }

    private int checkSizes() {
        inExtents = request.getLong(IN + XenMemoryReservation.EXTENT_START);
        outExtents = request.getLong(OUT + XenMemoryReservation.EXTENT_START);
        inCount = request.getLong(IN + XenMemoryReservation.NR_EXTENTS);
        inOrder = request.getInt(IN + XenMemoryReservation.EXTENT_ORDER);
        outOrder = request.getInt(OUT + XenMemoryReservation.EXTENT_ORDER);
        exchanged = request.getLong(XenMemoryExchange.NR_EXCHANGED);
        long outCount = request.getLong(OUT + XenMemoryReservation.NR_EXTENTS);
        if (Integer.compareUnsigned(inOrder, ReservationOps.EXTENT_ORDER_MAX) > 0
                || Integer.compareUnsigned(outOrder, ReservationOps.EXTENT_ORDER_MAX) > 0) {
            return -XenErrno.EPERM;
        }
        int inDomid = request.getShort(IN + XenMemoryReservation.DOMID);
        int outDomid = request.getShort(OUT + XenMemoryReservation.DOMID);
        if (Long.compareUnsigned(exchanged, inCount) > 0
                || inDomid != outDomid
                || Long.compareUnsigned(-1L >>> inOrder, inCount) < 0
                || Long.compareUnsigned(-1L >>> outOrder, outCount) < 0
                || inCount << inOrder != outCount << outOrder) {
            return -XenErrno.EINVAL;
        }
        inChunkOrder = Math.max(outOrder - inOrder, 0);
        outChunkOrder = Math.max(inOrder - outOrder, 0);
        return 0;
    }

    private int checkRest(Vcpu vcpu) {
        long outCount = request.getLong(OUT + XenMemoryReservation.NR_EXTENTS);
        long outDone = exchanged >>> inChunkOrder << outChunkOrder;
        if (!GuestArrays.isRangeOkay(inExtents, exchanged, inCount - 1, PFN_BYTES)
                || !GuestArrays.isRangeOkay(outExtents, outDone, outCount - 1, PFN_BYTES)) {
            return -XenErrno.EFAULT;
        }
        int flags = request.getInt(OUT + XenMemoryReservation.MEM_FLAGS);
        if (!ReservationOps.isExactNodeAllowed(flags)) {
            return -XenErrno.EINVAL;
        }
        int domid = request.getShort(IN + XenMemoryReservation.DOMID);
        int domain = DomainLookup.byAnyId(vcpu.domain, domid);
        if (domain != DomainLookup.SELF) {
            return domain == DomainLookup.NONE ? -XenErrno.ESRCH : -XenErrno.EPERM;
        }
        addressBits = Math.max(ReservationOps.addressBits(flags, frames), 0);
        return 0;
    }

    private int exchangeChunk(Vcpu vcpu, long chunk) {
        int inPerChunk = 1 << inChunkOrder;
        long[] stolen = new long[inPerChunk << inOrder];
        int taken = 0;
        int result = 0;
        for (int i = 0; i < inPerChunk && result == 0; i++) {
            long linear = inExtents + ((chunk << inChunkOrder) + i) * PFN_BYTES;
            if (!vcpu.guest.read(linear, PFN_BYTES)) {
                result = -XenErrno.EFAULT;
                break;
            }
            long mfn = vcpu.guest.value();
            for (int k = 0; k < 1 << inOrder && result == 0; k++) {
                if (reservation.steal(mfn + k)) {
                    stolen[taken++] = mfn + k;
                } else {
                    result = -XenErrno.EINVAL;
                }
            }
        }
        long[] fresh = new long[1 << outChunkOrder];
        int allocated = 0;
        while (result == 0 && allocated < fresh.length) {
            long mfn = reservation.allocateUnassigned(outOrder, addressBits);
            if (mfn < 0) {
                result = -XenErrno.ENOMEM;
            } else {
                fresh[allocated++] = mfn;
            }
        }
        if (result != 0) {
            for (int i = 0; i < taken; i++) {
                reservation.giveBack(stolen[i]);
            }
            for (int i = 0; i < allocated; i++) {
                reservation.releaseUnassigned(fresh[i], outOrder);
            }
            return result;
        }
        for (long mfn : stolen) {
            reservation.releaseStolen(mfn);
        }
        return handOut(vcpu, chunk, fresh);
    }

    /** From here on the chunk is exchanged, whatever the guest's lists are like. */
    private int handOut(Vcpu vcpu, long chunk, long[] fresh) {
        int result = 0;
        for (int i = 0; i < fresh.length; i++) {
            reservation.assign(fresh[i], outOrder);
            long linear = outExtents + ((chunk << outChunkOrder) + i) * PFN_BYTES;
            if (!vcpu.guest.read(linear, PFN_BYTES)) {
                result = -XenErrno.EFAULT;
                continue;
            }
            reservation.setPfns(fresh[i], vcpu.guest.value(), outOrder);
            if (!vcpu.guest.write(linear, PFN_BYTES, fresh[i])) {
                result = -XenErrno.EFAULT;
            }
        }
        return result;
    }
}
