package dev.vls.machine.hypercall;

import dev.vls.machine.hypervisor.GuestBuffer;
import dev.vls.machine.hypervisor.HypercallCall;
import dev.vls.machine.hypervisor.Vcpu;
import dev.vls.xen.abi.errno.XenErrno;
import dev.vls.xen.abi.xen.DomainId;
import dev.vls.xen.abi.xen.HypercallNumber;

/** hvm_op as a PV guest sees it (arch/x86/hvm/hvm.c, {@code do_hvm_op}). */
public final class HvmOp implements HypercallFamily {
    private static final int SET_PARAM = 0;
    private static final int GET_PARAM = 1;
    private static final int FLUSH_TLBS = 5;
    private static final int PAGETABLE_DYING = 9;
    private static final int GET_TIME = 10;
    private static final int XENTRACE = 11;
    private static final int GET_MEM_TYPE = 15;
    private static final int SET_EVTCHN_UPCALL_VECTOR = 23;
    private static final int GUEST_REQUEST_VM_EVENT = 24;
    private static final int ALTP2M = 25;

    private static final int REQUEST_LENGTH = 16;
    private static final int XENTRACE_LENGTH = 32;
    private static final int XENTRACE_EXTRA_MAX = 28;
    private static final int XENTRACE_EVENT_MASK = 0xfff;

    private final GuestBuffer request = new GuestBuffer(REQUEST_LENGTH);
    private final GuestBuffer trace = new GuestBuffer(XENTRACE_LENGTH);

    @Override
    public void register(HypercallTable.Builder table) {
        table.add(HypercallNumber.HVM_OP, 2, this::hvmOp);
    }

    private long hvmOp(Vcpu vcpu, HypercallCall call) {
        long operation = call.argument[0];
        if (operation < 0 || operation > ALTP2M) {
            return -XenErrno.ENOSYS;
        }
        long argument = call.argument[1];
        return switch ((int) operation) {
            case SET_PARAM, GET_PARAM, GET_MEM_TYPE ->
                    vcpu.guest.read(argument, request) ? -XenErrno.EINVAL : -XenErrno.EFAULT;
            case FLUSH_TLBS, SET_EVTCHN_UPCALL_VECTOR -> -XenErrno.EINVAL;
            case PAGETABLE_DYING -> pagetableDying(vcpu, argument);
            case GET_TIME ->
                    vcpu.guest.write(argument, Long.BYTES, vcpu.domain.time().now())
                            ? 0
                            : -XenErrno.EFAULT;
            case XENTRACE -> xentrace(vcpu, argument);
            case GUEST_REQUEST_VM_EVENT -> argument == 0 ? 0 : -XenErrno.EINVAL;
            case ALTP2M -> -XenErrno.EOPNOTSUPP;
            default -> -XenErrno.ENOSYS;
        };
    }

    private long pagetableDying(Vcpu vcpu, long argument) {
        if (!vcpu.guest.read(argument, request)) {
            return -XenErrno.EFAULT;
        }
        int domid = request.getShort(0);
        if (domid == DomainId.SELF || domid == vcpu.domain.id()) {
            return -XenErrno.EINVAL;
        }
        return domid == 0 ? -XenErrno.EOPNOTSUPP : -XenErrno.ESRCH;
    }

    private long xentrace(Vcpu vcpu, long argument) {
        if (!vcpu.guest.read(argument, trace)) {
            return -XenErrno.EFAULT;
        }
        boolean bad =
                trace.getShort(2) > XENTRACE_EXTRA_MAX
                        || (trace.getShort(0) & ~XENTRACE_EVENT_MASK) != 0;
        return bad ? -XenErrno.EINVAL : 0;
    }
}
