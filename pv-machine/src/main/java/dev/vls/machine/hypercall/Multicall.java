package dev.vls.machine.hypercall;

import dev.vls.machine.hypervisor.GuestAccess;
import dev.vls.machine.hypervisor.GuestBuffer;
import dev.vls.machine.hypervisor.HypercallCall;
import dev.vls.machine.hypervisor.HypercallDispatcher;
import dev.vls.machine.hypervisor.Vcpu;
import dev.vls.xen.abi.errno.XenErrno;
import dev.vls.xen.abi.xen.HypercallNumber;
import dev.vls.xen.abi.xen.MulticallEntry;

/** A list of hypercalls, each with a result of its own (common/multicall.c). */
final class Multicall implements HypercallFamily {
    /** Arguments that Xen passes on. */
    private static final int ARGUMENTS = 5;

    private final HypercallDispatcher dispatcher;
    private final GuestBuffer entry = new GuestBuffer(MulticallEntry.SIZE);
    private boolean active;

    Multicall(HypercallDispatcher dispatcher) {
        this.dispatcher = dispatcher;
    }

    @Override
    public void register(HypercallTable.Builder table) {
        table.add(HypercallNumber.MULTICALL, 2, this::multicall);
    }

    private long multicall(Vcpu vcpu, HypercallCall call) {
        if (active) {
            return -XenErrno.EINVAL;
        }
        active = true;
        try {
            return execute(vcpu, call);
        } finally {
            active = false;
        }
    }

    private long execute(Vcpu vcpu, HypercallCall call) {
        if (!GuestAccess.isAccessible(call.argument[0])) {
            return -XenErrno.EFAULT;
        }
        HypercallCall inner = call.inner();
        for (boolean first = true; call.intArgument(1) != 0; first = false) {
            if (!first && call.preempt()) {
                return call.continueWith();
            }
            long at = call.argument[0];
            if (!vcpu.guest.read(at, entry)) {
                return -XenErrno.EFAULT;
            }
            long number = entry.getLong(MulticallEntry.OP);
            inner.begin(number);
            for (int i = 0; i < ARGUMENTS; i++) {
                inner.argument[i] = entry.getLong(MulticallEntry.ARGS + 8 * i);
            }
            long result = dispatcher.dispatch(vcpu, inner);
            boolean written = vcpu.guest.write(at + MulticallEntry.RESULT, 8, result);
            if (number == HypercallNumber.IRET) {
                return result;
            }
            if (!written) {
                return -XenErrno.EFAULT;
            }
            if (inner.isContinued()) {
                return suspend(vcpu, call, inner, at);
            }
            call.argument[0] = at + MulticallEntry.SIZE;
            call.argument[1] = (call.argument[1] - 1) & 0xFFFF_FFFFL;
        }
        return 0;
    }

    /** Leaves the rest of an entry in the guest's list, to go on with it later. */
    private long suspend(Vcpu vcpu, HypercallCall call, HypercallCall inner, long at) {
        entry.setLong(MulticallEntry.RESULT, 0);
        for (int i = 0; i < ARGUMENTS; i++) {
            entry.setLong(MulticallEntry.ARGS + 8 * i, inner.argument[i]);
        }
        return vcpu.guest.write(at, entry) ? call.continueWith() : -XenErrno.EFAULT;
    }
}
