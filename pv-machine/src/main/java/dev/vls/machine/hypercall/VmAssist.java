package dev.vls.machine.hypercall;

import dev.vls.machine.hypervisor.HypercallCall;
import dev.vls.machine.hypervisor.Vcpu;
import dev.vls.xen.abi.errno.XenErrno;
import dev.vls.xen.abi.xen.HypercallNumber;
import dev.vls.xen.abi.xen.VmAssistCommand;
import dev.vls.xen.abi.xen.VmAssistType;

/** The {@code vm_assist} hypercall (do_vm_assist of common/domain.c). */
public final class VmAssist implements HypercallFamily {
    /** What a 64-bit PV guest may name: PV64_VM_ASSIST_MASK. */
    static final long VALID =
            1L << VmAssistType.FOUR_GB_SEGMENTS
                    | 1L << VmAssistType.FOUR_GB_SEGMENTS_NOTIFY
                    | 1L << VmAssistType.WRITABLE_PAGETABLES
                    | 1L << VmAssistType.PAE_EXTENDED_CR3
                    | 1L << VmAssistType.ARCHITECTURAL_IOPL
                    | 1L << VmAssistType.RUNSTATE_UPDATE_FLAG
                    | 1L << VmAssistType.M2P_STRICT;

    @Override
    public void register(HypercallTable.Builder table) {
        table.add(HypercallNumber.VM_ASSIST, 2, this::vmAssist);
    }

    private long vmAssist(Vcpu vcpu, HypercallCall call) {
        int type = call.intArgument(1);
        if (type < 0 || type >= Long.SIZE || (VALID >>> type & 1) == 0) {
            return -XenErrno.EINVAL;
        }
        return switch (call.intArgument(0)) {
            case VmAssistCommand.ENABLE -> {
                vcpu.domain.vmAssist |= 1L << type;
                yield 0;
            }
            case VmAssistCommand.DISABLE -> {
                vcpu.domain.vmAssist &= ~(1L << type);
                yield 0;
            }
            default -> -XenErrno.ENOSYS;
        };
    }
}
