package dev.vls.machine.hypercall;

import dev.vls.machine.hypervisor.Domain;
import dev.vls.machine.hypervisor.GuestAccess;
import dev.vls.machine.hypervisor.GuestBuffer;
import dev.vls.machine.hypervisor.HypercallCall;
import dev.vls.machine.hypervisor.RunStates;
import dev.vls.machine.hypervisor.Vcpu;
import dev.vls.machine.hypervisor.VcpuContext;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.xen.abi.arch.VcpuGuestContext;
import dev.vls.xen.abi.errno.XenErrno;
import dev.vls.xen.abi.sched.ShutdownReason;
import dev.vls.xen.abi.vcpu.RunState;
import dev.vls.xen.abi.vcpu.VcpuOp;
import dev.vls.xen.abi.vcpu.VcpuRegisterRunstateMemoryArea;
import dev.vls.xen.abi.vcpu.VcpuRegisterTimeMemoryArea;
import dev.vls.xen.abi.vcpu.VcpuRegisterVcpuInfo;
import dev.vls.xen.abi.vcpu.VcpuRunstateInfo;
import dev.vls.xen.abi.vcpu.VcpuSetPeriodicTimer;
import dev.vls.xen.abi.vcpu.VcpuSetSingleshotTimer;
import dev.vls.xen.abi.xen.HypercallNumber;
import dev.vls.xen.abi.xen.VcpuInfo;
import dev.vls.xen.abi.xen.Virq;

/** vcpu_op and set_timer_op (common/domain.c, arch/x86/domain.c, common/sched/core.c). */
public final class VcpuOps implements HypercallFamily {
    private static final long MILLISECOND = 1_000_000;

    /** STIME_DELTA_MAX. */
    private static final long PERIOD_MAX = Long.MAX_VALUE >>> 1;

    /** Timeouts of 2^50 ns and more mean that the guest's arithmetic went wrong. */
    private static final int HUGE_TIMEOUT_SHIFT = 50;

    private final GuestBuffer context = new GuestBuffer(VcpuGuestContext.SIZE);
    private final GuestBuffer runstate = new GuestBuffer(VcpuRunstateInfo.SIZE);
    private final GuestBuffer runstateArea = new GuestBuffer(VcpuRegisterRunstateMemoryArea.SIZE);
    private final GuestBuffer timeArea = new GuestBuffer(VcpuRegisterTimeMemoryArea.SIZE);
    private final GuestBuffer periodic = new GuestBuffer(VcpuSetPeriodicTimer.SIZE);
    private final GuestBuffer singleshot = new GuestBuffer(VcpuSetSingleshotTimer.SIZE);
    private final GuestBuffer vcpuInfo = new GuestBuffer(VcpuRegisterVcpuInfo.SIZE);
    private final byte[] infoBytes = new byte[VcpuInfo.SIZE];

    @Override
    public void register(HypercallTable.Builder table) {
        table.add(HypercallNumber.VCPU_OP, 3, this::vcpuOp, VcpuOp::name)
                .add(HypercallNumber.SET_TIMER_OP, 1, this::setTimerOp);
    }

    private long vcpuOp(Vcpu current, HypercallCall call) {
        if (!current.domain.hasVcpu(call.intArgument(1))) {
            return -XenErrno.ENOENT;
        }
        Vcpu vcpu = current.domain.vcpu(call.intArgument(1));
        long argument = call.argument[2];
        return switch (call.intArgument(0)) {
            case VcpuOp.INITIALISE -> initialise(current, vcpu, argument);
            case VcpuOp.UP -> up(vcpu);
            case VcpuOp.DOWN -> down(current, vcpu);
            case VcpuOp.IS_UP -> vcpu.online ? 1 : 0;
            case VcpuOp.GET_RUNSTATE_INFO -> getRunstate(current, vcpu, argument);
            case VcpuOp.REGISTER_RUNSTATE_MEMORY_AREA ->
                    registerRunstateArea(current, vcpu, argument);
            case VcpuOp.SET_PERIODIC_TIMER -> setPeriodicTimer(current, vcpu, argument);
            case VcpuOp.STOP_PERIODIC_TIMER -> {
                vcpu.domain.time().setPeriodicTimer(vcpu, 0);
                yield 0;
            }
            case VcpuOp.SET_SINGLESHOT_TIMER -> setSingleshotTimer(current, vcpu, argument);
            case VcpuOp.STOP_SINGLESHOT_TIMER -> {
                if (vcpu != current) {
                    yield -XenErrno.EINVAL;
                }
                vcpu.singleshotDeadline = Vcpu.NEVER;
                yield 0;
            }
            case VcpuOp.REGISTER_VCPU_INFO -> registerInfo(current, vcpu, argument);
            case VcpuOp.SEND_NMI -> sendNmi(vcpu, argument);
            case VcpuOp.REGISTER_VCPU_TIME_MEMORY_AREA -> registerTimeArea(current, vcpu, argument);
            case VcpuOp.GET_PHYSID -> -XenErrno.EINVAL;
            default -> -XenErrno.ENOSYS;
        };
    }

    // --- life ---

    private long initialise(Vcpu current, Vcpu vcpu, long argument) {
        if (vcpu.infoMaddr() < 0) {
            return -XenErrno.EINVAL;
        }
        if (!current.guest.read(argument, context)) {
            return -XenErrno.EFAULT;
        }
        return vcpu.initialised ? -XenErrno.EEXIST : VcpuContext.load(vcpu, context);
    }

    private static long up(Vcpu vcpu) {
        if (!vcpu.initialised) {
            return -XenErrno.EINVAL;
        }
        if (!vcpu.online) {
            vcpu.online = true;
            RunStates.change(vcpu, RunStates.idleState(vcpu));
            vcpu.domain.time().updateVcpu(vcpu);
        }
        return 0;
    }

    private static long down(Vcpu current, Vcpu vcpu) {
        Domain domain = vcpu.domain;
        boolean last = true;
        for (int id = 0; id < domain.vcpuCount(); id++) {
            last &= id == vcpu.id || !domain.vcpu(id).online;
        }
        if (last) {
            domain.shutdown(ShutdownReason.POWEROFF);
        } else if (vcpu.online) {
            vcpu.online = false;
            if (vcpu != current) {
                RunStates.change(vcpu, RunState.OFFLINE);
            }
        }
        return 0;
    }

    private static long sendNmi(Vcpu vcpu, long argument) {
        if (argument != 0) {
            return -XenErrno.EINVAL;
        }
        vcpu.sendNmi();
        return 0;
    }

    // --- areas ---

    private long getRunstate(Vcpu current, Vcpu vcpu, long argument) {
        RunStates.fill(vcpu, runstate, true);
        return current.guest.write(argument, runstate) ? 0 : -XenErrno.EFAULT;
    }

    private long registerRunstateArea(Vcpu current, Vcpu vcpu, long argument) {
        if (!current.guest.read(argument, runstateArea)) {
            return -XenErrno.EFAULT;
        }
        long area = runstateArea.getLong(VcpuRegisterRunstateMemoryArea.ADDR_H);
        if (!GuestAccess.isAccessible(area)) {
            return -XenErrno.EFAULT;
        }
        vcpu.runstateAreaLinear = area;
        if (area != 0) {
            RunStates.fill(vcpu, runstate, vcpu != current);
            current.guest.write(area, runstate);
        }
        return 0;
    }

    private long registerTimeArea(Vcpu current, Vcpu vcpu, long argument) {
        if (!current.guest.read(argument, timeArea)) {
            return -XenErrno.EFAULT;
        }
        long area = timeArea.getLong(VcpuRegisterTimeMemoryArea.ADDR_H);
        if (!GuestAccess.isAccessible(area)) {
            return -XenErrno.EFAULT;
        }
        vcpu.timeAreaLinear = area;
        vcpu.domain.time().updateVcpu(vcpu);
        return 0;
    }

    /** {@code map_vcpu_info}: moves a vCPU's info to a page of the guest's own. */
    private long registerInfo(Vcpu current, Vcpu vcpu, long argument) {
        if (!current.guest.read(argument, vcpuInfo)) {
            return -XenErrno.EFAULT;
        }
        long mfn = vcpuInfo.getLong(VcpuRegisterVcpuInfo.MFN);
        int offset = vcpuInfo.getInt(VcpuRegisterVcpuInfo.OFFSET);
        if (Integer.compareUnsigned(offset, MachineMemory.PAGE_SIZE - VcpuInfo.SIZE) > 0
                || (offset & 7) != 0) {
            return -XenErrno.ENXIO;
        }
        Domain domain = vcpu.domain;
        if (vcpu.infoRegistered
                || (vcpu != current && vcpu.online)
                || !domain.memoryManagement().getWritablePage(mfn)) {
            return -XenErrno.EINVAL;
        }
        moveInfo(vcpu, (mfn << MachineMemory.PAGE_SHIFT) + offset);
        domain.time().updateVcpu(vcpu);
        return 0;
    }

    private void moveInfo(Vcpu vcpu, long maddr) {
        MachineMemory memory = vcpu.domain.memory();
        if (vcpu.infoMaddr() < 0) {
            memory.fill(maddr, VcpuInfo.SIZE, 0);
            memory.setByte(maddr + VcpuInfo.EVTCHN_UPCALL_MASK, 1);
        } else {
            memory.read(vcpu.infoMaddr(), infoBytes, 0, VcpuInfo.SIZE);
            memory.write(maddr, infoBytes, 0, VcpuInfo.SIZE);
        }
        vcpu.setInfoMaddr(maddr);
        vcpu.infoRegistered = true;
        // Everything counts as pending, so that nothing is lost.
        memory.setLong(maddr + VcpuInfo.EVTCHN_PENDING_SEL, -1);
        vcpu.markEventsPending();
    }

    // --- timers ---

    private long setPeriodicTimer(Vcpu current, Vcpu vcpu, long argument) {
        if (!current.guest.read(argument, periodic)) {
            return -XenErrno.EFAULT;
        }
        long period = periodic.getLong(VcpuSetPeriodicTimer.PERIOD_NS);
        if (Long.compareUnsigned(period, MILLISECOND) < 0
                || Long.compareUnsigned(period, PERIOD_MAX) > 0) {
            return -XenErrno.EINVAL;
        }
        vcpu.domain.time().setPeriodicTimer(vcpu, period);
        current.cpu.requestExit();
        return 0;
    }

    private long setSingleshotTimer(Vcpu current, Vcpu vcpu, long argument) {
        if (vcpu != current) {
            return -XenErrno.EINVAL;
        }
        if (!vcpu.guest.read(argument, singleshot)) {
            return -XenErrno.EFAULT;
        }
        long timeout = singleshot.getLong(VcpuSetSingleshotTimer.TIMEOUT_ABS_NS);
        if (Long.compareUnsigned(timeout, vcpu.domain.time().now()) < 0) {
            vcpu.singleshotDeadline = Vcpu.NEVER;
            vcpu.domain.events().sendVirq(vcpu, Virq.TIMER);
        } else {
            vcpu.singleshotDeadline = timeout < 0 ? Vcpu.NEVER : timeout;
            vcpu.cpu.requestExit();
        }
        return 0;
    }

    private long setTimerOp(Vcpu vcpu, HypercallCall call) {
        long timeout = call.argument[0];
        long now = vcpu.domain.time().now();
        long offset = timeout - now;
        if (timeout == 0) {
            vcpu.singleshotDeadline = Vcpu.NEVER;
        } else if (timeout < 0 || (offset > 0 && (int) (offset >> HUGE_TIMEOUT_SHIFT) != 0)) {
            vcpu.singleshotDeadline = now + 100 * MILLISECOND;
        } else {
            vcpu.singleshotDeadline = timeout;
        }
        vcpu.cpu.requestExit();
        return 0;
    }
}
