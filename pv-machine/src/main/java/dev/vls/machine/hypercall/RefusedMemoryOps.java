package dev.vls.machine.hypercall;

import dev.vls.machine.hypervisor.GuestBuffer;
import dev.vls.machine.hypervisor.Vcpu;
import dev.vls.xen.abi.errno.XenErrno;
import dev.vls.xen.abi.memory.MapSpace;
import dev.vls.xen.abi.memory.XenAddToPhysmap;
import dev.vls.xen.abi.memory.XenAddToPhysmapBatch;
import dev.vls.xen.abi.memory.XenMemAcquireResource;
import dev.vls.xen.abi.memory.XenMemoryReservation;
import dev.vls.xen.abi.memory.XenRemoveFromPhysmap;
import dev.vls.xen.abi.memory.XenVnumaTopologyInfo;

/**
 * Memory operations that an unprivileged PV domain may call but that never do anything for it: they
 * are for translated guests, for the toolstack, or about what the machine has not. Each answers
 * what Xen's common/memory.c answers, checks in the same order.
 */
final class RefusedMemoryOps {
    private static final int SHORT_MASK = 0xFFFF;

    // struct xen_mem_access_op and struct xen_reserved_device_memory_map of public/memory.h.
    private static final int ACCESS_OP_SIZE = 32;
    private static final int ACCESS_OP_DOMID = 2;
    private static final int DEVICE_MAP_SIZE = 24;
    private static final int DEVICE_MAP_FLAGS = 0;
    private static final int DEVICE_MAP_ENTRIES = 4;
    private static final int DEVICE_MAP_BUFFER = 8;
    private static final int DEVICE_MEMORY_BYTES = 16;

    // Padding that must be zero.
    private static final int ACQUIRE_PAD = XenMemAcquireResource.NR_FRAMES + Integer.BYTES;
    private static final int VNUMA_PAD = XenVnumaTopologyInfo.DOMID + Short.BYTES;

    private final GuestBuffer physmap = new GuestBuffer(XenAddToPhysmap.SIZE);
    private final GuestBuffer physmapBatch = new GuestBuffer(XenAddToPhysmapBatch.SIZE);
    private final GuestBuffer removal = new GuestBuffer(XenRemoveFromPhysmap.SIZE);
    private final GuestBuffer accessOp = new GuestBuffer(ACCESS_OP_SIZE);
    private final GuestBuffer reservation = new GuestBuffer(XenMemoryReservation.SIZE);
    private final GuestBuffer vnuma = new GuestBuffer(XenVnumaTopologyInfo.SIZE);
    private final GuestBuffer deviceMap = new GuestBuffer(DEVICE_MAP_SIZE);
    private final GuestBuffer resource = new GuestBuffer(XenMemAcquireResource.SIZE);

    long addToPhysmap(Vcpu vcpu, long argument, long startExtent) {
        if (startExtent > SHORT_MASK) {
            return -XenErrno.EDOM;
        }
        if (!vcpu.guest.read(argument, physmap)) {
            return -XenErrno.EFAULT;
        }
        if (physmap.getInt(XenAddToPhysmap.SPACE) == MapSpace.GMFN_FOREIGN) {
            return -XenErrno.ENOSYS;
        }
        return forTranslatedGuests(vcpu, physmap.getShort(XenAddToPhysmap.DOMID));
    }

    long addToPhysmapBatch(Vcpu vcpu, long argument, long startExtent) {
        if (startExtent > SHORT_MASK) {
            return -XenErrno.EDOM;
        }
        if (!vcpu.guest.read(argument, physmapBatch)) {
            return -XenErrno.EFAULT;
        }
        if (physmapBatch.getShort(XenAddToPhysmapBatch.SPACE) == MapSpace.GMFN_RANGE) {
            return -XenErrno.EOPNOTSUPP;
        }
        return forTranslatedGuests(vcpu, physmapBatch.getShort(XenAddToPhysmapBatch.DOMID));
    }

    long removeFromPhysmap(Vcpu vcpu, long argument) {
        if (!vcpu.guest.read(argument, removal)) {
            return -XenErrno.EFAULT;
        }
        return forTranslatedGuests(vcpu, removal.getShort(XenRemoveFromPhysmap.DOMID));
    }

    private static long forTranslatedGuests(Vcpu vcpu, int domid) {
        return DomainLookup.byAnyId(vcpu.domain, domid) == DomainLookup.NONE
                ? -XenErrno.ESRCH
                : -XenErrno.EACCES;
    }

    long access(Vcpu vcpu, long argument) {
        if (!vcpu.guest.read(argument, accessOp)) {
            return -XenErrno.EFAULT;
        }
        return switch (DomainLookup.byId(vcpu.domain, accessOp.getShort(ACCESS_OP_DOMID))) {
            case DomainLookup.SELF -> -XenErrno.EPERM;
            case DomainLookup.OTHER -> -XenErrno.EINVAL;
            default -> -XenErrno.ESRCH;
        };
    }

    long claimPages(Vcpu vcpu, long argument) {
        if (!vcpu.guest.read(argument, reservation)) {
            return -XenErrno.EFAULT;
        }
        int domid = reservation.getShort(XenMemoryReservation.DOMID);
        if (reservation.getLong(XenMemoryReservation.EXTENT_START) != 0
                || reservation.getInt(XenMemoryReservation.EXTENT_ORDER) != 0
                || reservation.getInt(XenMemoryReservation.MEM_FLAGS) != 0
                || DomainLookup.byId(vcpu.domain, domid) == DomainLookup.NONE) {
            return -XenErrno.EINVAL;
        }
        return -XenErrno.EPERM;
    }

    long vnumaInfo(Vcpu vcpu, long argument) {
        if (!vcpu.guest.read(argument, vnuma)) {
            return -XenErrno.EFAULT;
        }
        if (vnuma.getShort(VNUMA_PAD) != 0) {
            return -XenErrno.EINVAL;
        }
        int domid = vnuma.getShort(XenVnumaTopologyInfo.DOMID);
        return switch (DomainLookup.byAnyId(vcpu.domain, domid)) {
            case DomainLookup.SELF -> -XenErrno.EOPNOTSUPP;
            case DomainLookup.OTHER -> -XenErrno.EPERM;
            default -> -XenErrno.ESRCH;
        };
    }

    /** There is no IOMMU: no reserved memory. */
    long reservedDeviceMemory(Vcpu vcpu, long argument) {
        if (!vcpu.guest.read(argument, deviceMap)
                || !GuestArrays.isOkay(
                        deviceMap.getLong(DEVICE_MAP_BUFFER),
                        deviceMap.getInt(DEVICE_MAP_ENTRIES) & 0xFFFF_FFFFL,
                        DEVICE_MEMORY_BYTES)) {
            return -XenErrno.EFAULT;
        }
        if ((deviceMap.getInt(DEVICE_MAP_FLAGS) & ~1) != 0) {
            return -XenErrno.EINVAL;
        }
        deviceMap.setInt(DEVICE_MAP_ENTRIES, 0);
        return vcpu.guest.write(argument, deviceMap) ? 0 : -XenErrno.EFAULT;
    }

    long acquireResource(Vcpu vcpu, long argument) {
        if (!vcpu.guest.read(argument, resource)) {
            return -XenErrno.EFAULT;
        }
        long frame = resource.getLong(XenMemAcquireResource.FRAME);
        long count = resource.getInt(XenMemAcquireResource.NR_FRAMES) & 0xFFFF_FFFFL;
        if (resource.getInt(ACQUIRE_PAD) != 0 || frame >>> 32 != 0 || (frame + count) >>> 32 != 0) {
            return -XenErrno.EINVAL;
        }
        int domid = resource.getShort(XenMemAcquireResource.DOMID);
        return DomainLookup.byId(vcpu.domain, domid) == DomainLookup.NONE
                ? -XenErrno.ESRCH
                : -XenErrno.EPERM;
    }
}
