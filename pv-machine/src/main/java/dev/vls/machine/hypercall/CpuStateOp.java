package dev.vls.machine.hypercall;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.hypervisor.DebugState;
import dev.vls.machine.hypervisor.HypercallCall;
import dev.vls.machine.hypervisor.Vcpu;
import dev.vls.xen.abi.arch.SegmentBase;
import dev.vls.xen.abi.errno.XenErrno;
import dev.vls.xen.abi.xen.HypercallNumber;

/**
 * Processor state that a PV kernel may not touch itself: stack_switch, fpu_taskswitch, debug
 * registers, segment bases (arch/x86/pv/misc-hypercalls.c).
 */
public final class CpuStateOp implements HypercallFamily {
    @Override
    public void register(HypercallTable.Builder table) {
        table.add(HypercallNumber.STACK_SWITCH, 2, CpuStateOp::stackSwitch)
                .add(HypercallNumber.FPU_TASKSWITCH, 1, CpuStateOp::fpuTaskSwitch)
                .add(HypercallNumber.SET_DEBUGREG, 2, CpuStateOp::setDebugRegister)
                .add(HypercallNumber.GET_DEBUGREG, 1, CpuStateOp::getDebugRegister)
                .add(HypercallNumber.SET_SEGMENT_BASE, 2, CpuStateOp::setSegmentBase);
    }

    private static long stackSwitch(Vcpu vcpu, HypercallCall call) {
        vcpu.kernelStackSelector = TrapOp.ringThree((int) call.argument[0] & 0xFFFF);
        vcpu.kernelStackPointer = call.argument[1];
        return 0;
    }

    private static long fpuTaskSwitch(Vcpu vcpu, HypercallCall call) {
        vcpu.setTaskSwitched(call.intArgument(0) != 0);
        return 0;
    }

    private static long setDebugRegister(Vcpu vcpu, HypercallCall call) {
        return DebugState.write(vcpu, call.intArgument(0), call.argument[1]);
    }

    private static long getDebugRegister(Vcpu vcpu, HypercallCall call) {
        int register = call.intArgument(0);
        return DebugState.isReadable(vcpu, register)
                ? DebugState.read(vcpu, register)
                : -XenErrno.ENODEV;
    }

    private static long setSegmentBase(Vcpu vcpu, HypercallCall call) {
        long base = call.argument[1];
        int which = call.intArgument(0);
        if (which == SegmentBase.GS_USER_SEL) {
            return setUserGs(vcpu, (int) base & 0xFFFF);
        }
        if (which < SegmentBase.FS || which > SegmentBase.GS_KERNEL || !Cpu.isCanonical(base)) {
            return -XenErrno.EINVAL;
        }
        switch (which) {
            case SegmentBase.FS -> vcpu.cpu.segmentBase[Cpu.FS] = base;
            case SegmentBase.GS_KERNEL -> vcpu.cpu.segmentBase[Cpu.GS] = base;
            default -> vcpu.inactiveGsBase = base;
        }
        return 0;
    }

    /**
     * Loads GS for user mode: the selector register at once, the base where user mode will find it.
     * A selector that cannot be loaded becomes null, and the call succeeds all the same.
     */
    private static long setUserGs(Vcpu vcpu, int selector) {
        int loaded = selector > 3 ? selector | 3 : selector;
        long base = vcpu.domain.segmentBase(vcpu, loaded);
        vcpu.cpu.selector[Cpu.GS] = base < 0 ? 0 : loaded;
        vcpu.inactiveGsBase = Math.max(base, 0);
        return 0;
    }
}
