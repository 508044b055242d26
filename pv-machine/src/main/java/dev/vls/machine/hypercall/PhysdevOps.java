package dev.vls.machine.hypercall;

import dev.vls.machine.hypervisor.GuestAccess;
import dev.vls.machine.hypervisor.GuestBuffer;
import dev.vls.machine.hypervisor.HypercallCall;
import dev.vls.machine.hypervisor.Vcpu;
import dev.vls.xen.abi.errno.XenErrno;
import dev.vls.xen.abi.physdev.IrqStatusFlag;
import dev.vls.xen.abi.physdev.MapPirqType;
import dev.vls.xen.abi.physdev.PhysdevApic;
import dev.vls.xen.abi.physdev.PhysdevEoi;
import dev.vls.xen.abi.physdev.PhysdevGetFreePirq;
import dev.vls.xen.abi.physdev.PhysdevIrq;
import dev.vls.xen.abi.physdev.PhysdevIrqStatusQuery;
import dev.vls.xen.abi.physdev.PhysdevManagePci;
import dev.vls.xen.abi.physdev.PhysdevMapPirq;
import dev.vls.xen.abi.physdev.PhysdevOp;
import dev.vls.xen.abi.physdev.PhysdevOpCompat;
import dev.vls.xen.abi.physdev.PhysdevPciDevice;
import dev.vls.xen.abi.physdev.PhysdevPciDeviceAdd;
import dev.vls.xen.abi.physdev.PhysdevPirqEoiGmfn;
import dev.vls.xen.abi.physdev.PhysdevRestoreMsi;
import dev.vls.xen.abi.physdev.PhysdevSetIobitmap;
import dev.vls.xen.abi.physdev.PhysdevSetIopl;
import dev.vls.xen.abi.physdev.PhysdevSetupGsi;
import dev.vls.xen.abi.physdev.PhysdevUnmapPirq;
import dev.vls.xen.abi.xen.HypercallNumber;

/**
 * physdev_op and its old form, as a domain without devices sees them (arch/x86/physdev.c): virtual
 * IOPL and the I/O bitmap work, everything about interrupts and PCI is refused as Xen refuses it.
 */
public final class PhysdevOps implements HypercallFamily {
    /** Pirqs and GSIs that exist for everybody. */
    private static final int PIRQS = 56;

    private static final int GSIS = 24;
    private static final int FIRST_FREE_GSI = 16;
    private static final int MAX_IOPL = 3;
    private static final int MAX_PORTS = 65536;
    private static final int IOPL_SHIFT = 12;

    private final GuestBuffer request = new GuestBuffer(64);
    private final GuestBuffer compat = new GuestBuffer(PhysdevOpCompat.SIZE);

    @Override
    public void register(HypercallTable.Builder table) {
        table.add(
                        HypercallNumber.PHYSDEV_OP,
                        2,
                        (vcpu, call) -> operate(vcpu, call.intArgument(0), call.argument[1]),
                        PhysdevOp::name)
                .add(HypercallNumber.PHYSDEV_OP_COMPAT, 1, this::compat);
    }

    private long compat(Vcpu vcpu, HypercallCall call) {
        if (!vcpu.guest.read(call.argument[0], compat)) {
            return -XenErrno.EFAULT;
        }
        return operate(
                vcpu, compat.getInt(PhysdevOpCompat.CMD), call.argument[0] + PhysdevOpCompat.U);
    }

    private long operate(Vcpu vcpu, int command, long argument) {
        return switch (command) {
            case PhysdevOp.SET_IOPL -> setIopl(vcpu, argument);
            case PhysdevOp.SET_IOBITMAP -> setIobitmap(vcpu, argument);
            case PhysdevOp.EOI -> eoi(vcpu, argument);
            case PhysdevOp.IRQ_STATUS_QUERY -> irqStatus(vcpu, argument);
            case PhysdevOp.PIRQ_EOI_GMFN_V1, PhysdevOp.PIRQ_EOI_GMFN_V2 ->
                    pirqEoiPage(vcpu, argument);
            case PhysdevOp.APIC_READ, PhysdevOp.APIC_WRITE ->
                    refuse(vcpu, argument, PhysdevApic.SIZE, XenErrno.EPERM);
            case PhysdevOp.ALLOC_IRQ_VECTOR ->
                    refuse(vcpu, argument, PhysdevIrq.SIZE, XenErrno.EPERM);
            case PhysdevOp.MAP_PIRQ -> refuse(vcpu, argument, PhysdevMapPirq.SIZE, XenErrno.EPERM);
            case PhysdevOp.UNMAP_PIRQ ->
                    refuse(vcpu, argument, PhysdevUnmapPirq.SIZE, XenErrno.EPERM);
            case PhysdevOp.MANAGE_PCI_ADD, PhysdevOp.MANAGE_PCI_REMOVE ->
                    refuse(vcpu, argument, PhysdevManagePci.SIZE, XenErrno.EPERM);
            case PhysdevOp.RESTORE_MSI ->
                    refuse(vcpu, argument, PhysdevRestoreMsi.SIZE, XenErrno.EPERM);
            case PhysdevOp.RESTORE_MSI_EXT ->
                    refuse(vcpu, argument, PhysdevPciDevice.SIZE, XenErrno.EPERM);
            case PhysdevOp.PREPARE_MSIX, PhysdevOp.RELEASE_MSIX, PhysdevOp.PCI_DEVICE_REMOVE ->
                    refuse(vcpu, argument, PhysdevPciDevice.SIZE, XenErrno.EPERM);
            case PhysdevOp.PCI_DEVICE_ADD ->
                    refuse(vcpu, argument, PhysdevPciDeviceAdd.SIZE, XenErrno.EPERM);
            case PhysdevOp.SETUP_GSI -> setupGsi(vcpu, argument);
            case PhysdevOp.GET_FREE_PIRQ -> getFreePirq(vcpu, argument);
            case PhysdevOp.PCI_MMCFG_RESERVED, PhysdevOp.DBGP_OP -> -XenErrno.EPERM;
            default -> -XenErrno.ENOSYS;
        };
    }

    private boolean fetch(Vcpu vcpu, long argument, int size) {
        return vcpu.guest.read(argument, request.bytes(), 0, size);
    }

    private long refuse(Vcpu vcpu, long argument, int size, int errno) {
        return fetch(vcpu, argument, size) ? -errno : -XenErrno.EFAULT;
    }

    private long setIopl(Vcpu vcpu, long argument) {
        if (!fetch(vcpu, argument, PhysdevSetIopl.SIZE)) {
            return -XenErrno.EFAULT;
        }
        int iopl = request.getInt(PhysdevSetIopl.IOPL);
        if (Integer.compareUnsigned(iopl, MAX_IOPL) > 0) {
            return -XenErrno.EINVAL;
        }
        vcpu.iopl = iopl << IOPL_SHIFT;
        return 0;
    }

    private long setIobitmap(Vcpu vcpu, long argument) {
        if (!fetch(vcpu, argument, PhysdevSetIobitmap.SIZE)) {
            return -XenErrno.EFAULT;
        }
        long bitmap = request.getLong(PhysdevSetIobitmap.BITMAP);
        int ports = request.getInt(PhysdevSetIobitmap.NR_PORTS);
        if (!GuestAccess.isAccessible(bitmap) || Integer.compareUnsigned(ports, MAX_PORTS) > 0) {
            return -XenErrno.EINVAL;
        }
        vcpu.ioBitmapLinear = bitmap;
        vcpu.ioBitmapPorts = ports;
        return 0;
    }

    private long irqStatus(Vcpu vcpu, long argument) {
        if (!fetch(vcpu, argument, PhysdevIrqStatusQuery.SIZE)) {
            return -XenErrno.EFAULT;
        }
        int irq = request.getInt(PhysdevIrqStatusQuery.IRQ);
        if (irq < 0 || irq >= PIRQS) {
            return -XenErrno.EINVAL;
        }
        request.setInt(PhysdevIrqStatusQuery.FLAGS, IrqStatusFlag.NEEDS_EOI);
        return vcpu.guest.write(argument, request.bytes(), 0, PhysdevIrqStatusQuery.SIZE)
                ? 0
                : -XenErrno.EFAULT;
    }

    /** The page is kept, but no pirq ever needs an EOI: there are none. */
    private long pirqEoiPage(Vcpu vcpu, long argument) {
        if (!fetch(vcpu, argument, PhysdevPirqEoiGmfn.SIZE)) {
            return -XenErrno.EFAULT;
        }
        long mfn = request.getLong(PhysdevPirqEoiGmfn.GMFN);
        if (!vcpu.domain.memoryManagement().getWritablePage(mfn)) {
            return -XenErrno.EINVAL;
        }
        if (vcpu.domain.pirqEoiMfn != 0) {
            vcpu.domain.memoryManagement().putWritablePage(mfn);
            return -XenErrno.EBUSY;
        }
        vcpu.domain.pirqEoiMfn = mfn;
        return 0;
    }

    private long eoi(Vcpu vcpu, long argument) {
        if (!fetch(vcpu, argument, PhysdevEoi.SIZE)) {
            return -XenErrno.EFAULT;
        }
        int irq = request.getInt(PhysdevEoi.IRQ);
        boolean known = irq >= 0 && irq < PIRQS && (vcpu.domain.allocatedPirqs >>> irq & 1) != 0;
        return known ? 0 : -XenErrno.EINVAL;
    }

    /** {@code get_free_pirq}: GSIs upwards for those who want one, else pirqs downwards. */
    private long getFreePirq(Vcpu vcpu, long argument) {
        if (!fetch(vcpu, argument, PhysdevGetFreePirq.SIZE)) {
            return -XenErrno.EFAULT;
        }
        long taken = vcpu.domain.allocatedPirqs;
        int pirq = -1;
        if (request.getInt(PhysdevGetFreePirq.TYPE) == MapPirqType.GSI) {
            for (int i = FIRST_FREE_GSI; i < GSIS && pirq < 0; i++) {
                pirq = (taken >>> i & 1) == 0 ? i : -1;
            }
        }
        for (int i = PIRQS - 1; i >= GSIS && pirq < 0; i--) {
            pirq = (taken >>> i & 1) == 0 ? i : -1;
        }
        if (pirq < 0) {
            return -XenErrno.ENOSPC;
        }
        vcpu.domain.allocatedPirqs = taken | 1L << pirq;
        request.setInt(PhysdevGetFreePirq.PIRQ, pirq);
        return vcpu.guest.write(argument, request.bytes(), 0, PhysdevGetFreePirq.SIZE)
                ? 0
                : -XenErrno.EFAULT;
    }

    private long setupGsi(Vcpu vcpu, long argument) {
        if (!fetch(vcpu, argument, PhysdevSetupGsi.SIZE)) {
            return -XenErrno.EFAULT;
        }
        int gsi = request.getInt(PhysdevSetupGsi.GSI);
        return gsi < 0 || gsi >= GSIS ? -XenErrno.EINVAL : -XenErrno.EPERM;
    }
}
