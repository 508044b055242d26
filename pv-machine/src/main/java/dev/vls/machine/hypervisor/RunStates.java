package dev.vls.machine.hypervisor;

import dev.vls.xen.abi.vcpu.RunState;
import dev.vls.xen.abi.vcpu.VcpuRunstateInfo;
import dev.vls.xen.abi.xen.VmAssistType;

/**
 * How long a vCPU has been running, runnable, blocked and offline, and the area where its kernel
 * reads it (common/sched/core.c, {@code vcpu_runstate_change}; arch/x86/domain.c, {@code
 * update_runstate_area}).
 */
public final class RunStates {
    private RunStates() {}

    /**
     * Enters a state of {@link RunState} now; writes the guest's area when the vCPU comes to run.
     */
    public static void change(Vcpu vcpu, int state) {
        if (vcpu.runstate == state) {
            return;
        }
        long now = vcpu.domain.time().now();
        vcpu.runstateTime[vcpu.runstate] += now - vcpu.runstateSince;
        vcpu.runstate = state;
        vcpu.runstateSince = now;
        if (state == RunState.RUNNING) {
            writeArea(vcpu);
        }
    }

    /** The state of a vCPU that does not run. */
    public static int idleState(Vcpu vcpu) {
        if (!vcpu.online) {
            return RunState.OFFLINE;
        }
        if (vcpu.blocked) {
            return RunState.BLOCKED;
        }
        return vcpu.domain.isPaused() || vcpu.domain.isShutDown()
                ? RunState.OFFLINE
                : RunState.RUNNABLE;
    }

    /**
     * Fills in {@link VcpuRunstateInfo}.
     *
     * @param current whether to add the time since the last change, as VCPUOP_get_runstate_info
     *     does
     */
    public static void fill(Vcpu vcpu, GuestBuffer target, boolean current) {
        target.setInt(VcpuRunstateInfo.STATE, vcpu.runstate);
        target.setInt(VcpuRunstateInfo.STATE + 4, 0);
        target.setLong(VcpuRunstateInfo.STATE_ENTRY_TIME, vcpu.runstateSince);
        for (int i = 0; i < VcpuRunstateInfo.TIME_LENGTH; i++) {
            long time = vcpu.runstateTime[i];
            if (current && i == vcpu.runstate) {
                time += vcpu.domain.time().now() - vcpu.runstateSince;
            }
            target.setLong(VcpuRunstateInfo.TIME + 8 * i, time);
        }
    }

    private static void writeArea(Vcpu vcpu) {
        if (vcpu.runstateAreaLinear == 0) {
            return;
        }
        GuestBuffer info = vcpu.runstateInfo;
        fill(vcpu, info, false);
        boolean flagged = (vcpu.domain.vmAssist >>> VmAssistType.RUNSTATE_UPDATE_FLAG & 1) != 0;
        long since = vcpu.runstateSince;
        if (flagged) {
            info.setLong(VcpuRunstateInfo.STATE_ENTRY_TIME, since | VcpuRunstateInfo.UPDATE_BIT);
        }
        vcpu.guest.writeKernel(vcpu.runstateAreaLinear, info.bytes(), info.length());
        if (flagged) {
            info.setLong(VcpuRunstateInfo.STATE_ENTRY_TIME, since);
            vcpu.guest.writeKernel(vcpu.runstateAreaLinear, info.bytes(), info.length());
        }
    }
}
