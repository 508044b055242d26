package dev.vls.machine.hypercall;

import dev.vls.machine.grant.GrantTable;
import dev.vls.machine.hypervisor.GuestBuffer;
import dev.vls.machine.hypervisor.Vcpu;
import dev.vls.xen.abi.errno.XenErrno;
import dev.vls.xen.abi.grant.GnttabGetStatusFrames;
import dev.vls.xen.abi.grant.GnttabGetVersion;
import dev.vls.xen.abi.grant.GnttabQuerySize;
import dev.vls.xen.abi.grant.GnttabSetVersion;
import dev.vls.xen.abi.grant.GnttabSetupTable;
import dev.vls.xen.abi.grant.GrantStatus;

/**
 * The operations of {@code grant_table_op} on a table as a whole: its size, its frames, its
 * version, two of its entries (common/grant_table.c).
 */
final class GrantTableSetup {
    private static final int FRAME_BYTES = 8;

    private final GrantTable table;
    private final GuestBuffer setup = new GuestBuffer(GnttabSetupTable.SIZE);
    private final GuestBuffer size = new GuestBuffer(GnttabQuerySize.SIZE);
    private final GuestBuffer newVersion = new GuestBuffer(GnttabSetVersion.SIZE);
    private final GuestBuffer status = new GuestBuffer(GnttabGetStatusFrames.SIZE);
    private final GuestBuffer version = new GuestBuffer(GnttabGetVersion.SIZE);

    GrantTableSetup(GrantTable table) {
        this.table = table;
    }

    long setupTable(Vcpu vcpu, long linear, int count) {
        if (count != 1) {
            return -XenErrno.EINVAL;
        }
        if (!vcpu.guest.read(linear, setup)) {
            return -XenErrno.EFAULT;
        }
        int frames = setup.getInt(GnttabSetupTable.NR_FRAMES);
        long list = setup.getLong(GnttabSetupTable.FRAME_LIST);
        if (!GuestArrays.isOkay(list, frames & 0xFFFF_FFFFL, FRAME_BYTES)) {
            return -XenErrno.EFAULT;
        }
        int result = checkDomain(vcpu, setup.getShort(GnttabSetupTable.DOM));
        if (result == GrantStatus.OKAY) {
            result = setupOwn(vcpu, frames, list);
        }
        return writeStatus(vcpu, linear + GnttabSetupTable.STATUS, result);
    }

    private int setupOwn(Vcpu vcpu, int frames, long list) {
        if (Integer.compareUnsigned(frames, table.framesMax()) > 0) {
            return GrantStatus.GENERAL_ERROR;
        }
        boolean larger =
                frames > table.frames()
                        || (table.version() > 1
                                && GrantTable.statusFramesFor(frames) > table.statusFrames());
        if (larger && !table.grow(frames)) {
            return GrantStatus.GENERAL_ERROR;
        }
        int result = GrantStatus.OKAY;
        for (int i = 0; i < frames; i++) {
            long linear = list + (long) i * FRAME_BYTES;
            if (!vcpu.guest.write(linear, FRAME_BYTES, table.frameMfn(i))) {
                result = GrantStatus.BAD_VIRT_ADDR;
            }
        }
        return result;
    }

    long querySize(Vcpu vcpu, long linear, int count) {
        if (count != 1) {
            return -XenErrno.EINVAL;
        }
        if (!vcpu.guest.read(linear, size)) {
            return -XenErrno.EFAULT;
        }
        int result = checkDomain(vcpu, size.getShort(GnttabQuerySize.DOM));
        if (result == GrantStatus.OKAY) {
            size.setInt(GnttabQuerySize.NR_FRAMES, table.frames());
            size.setInt(GnttabQuerySize.MAX_NR_FRAMES, table.framesMax());
        }
        size.setShort(GnttabQuerySize.STATUS, result);
        return vcpu.guest.write(linear, size) ? 0 : -XenErrno.EFAULT;
    }

    long setVersion(Vcpu vcpu, long linear) {
        if (!vcpu.guest.read(linear, newVersion)) {
            return -XenErrno.EFAULT;
        }
        int wanted = newVersion.getInt(GnttabSetVersion.VERSION);
        int result = wanted == 1 || wanted == 2 ? table.setVersion(wanted) : -XenErrno.EINVAL;
        newVersion.setInt(GnttabSetVersion.VERSION, table.version());
        return vcpu.guest.write(linear, newVersion) ? result : -XenErrno.EFAULT;
    }

    long getStatusFrames(Vcpu vcpu, long linear, int count) {
        if (count != 1) {
            return -XenErrno.EINVAL;
        }
        if (!vcpu.guest.read(linear, status)) {
            return -XenErrno.EFAULT;
        }
        int frames = status.getInt(GnttabGetStatusFrames.NR_FRAMES);
        long list = status.getLong(GnttabGetStatusFrames.FRAME_LIST);
        if (!GuestArrays.isOkay(list, frames & 0xFFFF_FFFFL, FRAME_BYTES)) {
            return -XenErrno.EFAULT;
        }
        int result = checkDomain(vcpu, status.getShort(GnttabGetStatusFrames.DOM));
        if (result == GrantStatus.OKAY
                && Integer.compareUnsigned(frames, table.statusFrames()) > 0) {
            result = GrantStatus.GENERAL_ERROR;
        }
        if (result == GrantStatus.OKAY) {
            for (int i = 0; i < frames; i++) {
                long at = list + (long) i * FRAME_BYTES;
                if (!vcpu.guest.write(at, FRAME_BYTES, table.statusMfn(i))) {
                    result = GrantStatus.BAD_VIRT_ADDR;
                }
            }
        }
        return writeStatus(vcpu, linear + GnttabGetStatusFrames.STATUS, result);
    }

    long getVersion(Vcpu vcpu, long linear) {
        if (!vcpu.guest.read(linear, version)) {
            return -XenErrno.EFAULT;
        }
        int domid = version.getShort(GnttabGetVersion.DOM);
        int domain = DomainLookup.byAnyId(vcpu.domain, domid);
        if (domain != DomainLookup.SELF) {
            return domain == DomainLookup.NONE ? -XenErrno.ESRCH : -XenErrno.EPERM;
        }
        long at = linear + GnttabGetVersion.VERSION;
        return vcpu.guest.write(at, Integer.BYTES, table.version()) ? 0 : -XenErrno.EFAULT;
    }

    private static int checkDomain(Vcpu vcpu, int domid) {
        return switch (DomainLookup.byAnyId(vcpu.domain, domid)) {
            case DomainLookup.SELF -> GrantStatus.OKAY;
            case DomainLookup.OTHER -> GrantStatus.PERMISSION_DENIED;
            default -> GrantStatus.BAD_DOMAIN;
        };
    }

    private static long writeStatus(Vcpu vcpu, long linear, int result) {
        return vcpu.guest.write(linear, Short.BYTES, result) ? 0 : -XenErrno.EFAULT;
    }
}
