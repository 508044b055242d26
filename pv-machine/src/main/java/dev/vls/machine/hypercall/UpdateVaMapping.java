package dev.vls.machine.hypercall;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;

import dev.vls.machine.frames.FrameOwner;
import dev.vls.machine.frames.MemoryManager;
import dev.vls.machine.frames.PageType;
import dev.vls.machine.hypervisor.GuestAccess;
import dev.vls.machine.hypervisor.HypercallCall;
import dev.vls.machine.hypervisor.Vcpu;
import dev.vls.xen.abi.errno.XenErrno;
import dev.vls.xen.abi.xen.HypercallNumber;
import dev.vls.xen.abi.xen.UpdateVaMappingFlag;

/**
 * The hypercalls {@code update_va_mapping} and {@code update_va_mapping_otherdomain}: one L1 entry
 * by the linear address that it maps (__do_update_va_mapping of arch/x86/mm.c).
 */
public final class UpdateVaMapping implements HypercallFamily {
    private final MemoryManager memory;

    public UpdateVaMapping(MemoryManager memory) {
        this.memory = memory;
    }

    @Override
    public void register(HypercallTable.Builder table) {
        table.add(
                HypercallNumber.UPDATE_VA_MAPPING,
                3,
                (vcpu, call) -> update(vcpu, call, DomainLookup.SELF));
        table.add(
                HypercallNumber.UPDATE_VA_MAPPING_OTHERDOMAIN,
                4,
                (vcpu, call) ->
                        update(
                                vcpu,
                                call,
                                DomainLookup.pageOwner(vcpu.domain, call.intArgument(3))));
    }

    private long update(Vcpu vcpu, HypercallCall call, int pageOwner) {
        if (pageOwner == DomainLookup.NONE) {
            return -XenErrno.ESRCH;
        }
        if (pageOwner != DomainLookup.SELF) {
            return -XenErrno.EPERM;
        }
        int result = update(vcpu, call.argument[0], call.argument[1]);
        return result != 0 ? result : flush(vcpu, call.argument[2]);
    }

    private int update(Vcpu vcpu, long linear, long value) {
        long maddr = GuestAccess.isAccessible(linear) ? memory.leafEntry(vcpu, linear) : -1;
        if (maddr < 0 || !memory.frames().getPage(maddr >>> PAGE_SHIFT, FrameOwner.GUEST)) {
            return -XenErrno.EINVAL;
        }
        long table = maddr >>> PAGE_SHIFT;
        int result = -XenErrno.EINVAL;
        if (memory.types().isInUse(table) && memory.types().type(table) == PageType.L1_TABLE) {
            result = memory.updates().updateLeaf(maddr, value, FrameOwner.GUEST, false);
        }
        memory.frames().putPage(table);
        return result;
    }

    /** TLBs are coherent already; what is left is that a vCPU map must be readable. */
    private static int flush(Vcpu vcpu, long flags) {
        long type = flags & UpdateVaMappingFlag.FLUSHTYPE_MASK;
        long target = flags & ~UpdateVaMappingFlag.FLUSHTYPE_MASK;
        if ((type == UpdateVaMappingFlag.TLB_FLUSH || type == UpdateVaMappingFlag.INVLPG)
                && target != UpdateVaMappingFlag.LOCAL
                && target != UpdateVaMappingFlag.ALL
                && !GuestArrays.isVcpuMapReadable(vcpu, target)) {
            return -XenErrno.EFAULT;
        }
        return 0;
    }
}
