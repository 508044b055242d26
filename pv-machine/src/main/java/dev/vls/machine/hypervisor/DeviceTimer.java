package dev.vls.machine.hypervisor;

import dev.vls.machine.state.StateFields;

/** Lets a device act at a system time. */
public final class DeviceTimer {
    private final Runnable action;
    private long deadline = Vcpu.NEVER;

    DeviceTimer(Runnable action) {
        this.action = action;
    }

    /** When the device will act, in ns of system time; {@link Vcpu#NEVER} if not at all. */
    public long deadline() {
        return deadline;
    }

    public void set(long systemTime) {
        deadline = systemTime;
    }

    void expire(long now) {
        if (deadline <= now) {
            deadline = Vcpu.NEVER;
            action.run();
        }
    }

    void state(StateFields s) {
        deadline = s.int64("deadline", deadline);
    }
}
