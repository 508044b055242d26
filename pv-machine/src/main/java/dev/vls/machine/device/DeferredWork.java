package dev.vls.machine.device;

import dev.vls.machine.hypervisor.DeviceTimer;
import dev.vls.machine.hypervisor.Domain;
import dev.vls.machine.hypervisor.Vcpu;

/**
 * What a device does about an event of the guest, a while after it: as with a backend in a domain
 * of its own, the guest gets no answer in the middle of its hypercall, and events that come close
 * together are one.
 */
public final class DeferredWork {
    private final Domain domain;
    private final long reactionTime;
    private final Runnable work;
    private final DeviceTimer timer;

    /**
     * @param reactionTime from the first event to the work, in ns of system time
     */
    public DeferredWork(Domain domain, long reactionTime, Runnable work) {
        this.domain = domain;
        this.reactionTime = reactionTime;
        this.work = work;
        this.timer = domain.time().addDeviceTimer(work);
    }

    /** The guest sent an event. */
    public void request() {
        if (!isRequested()) {
            timer.set(domain.time().now() + reactionTime);
            domain.requestExit();
        }
    }

    public boolean isRequested() {
        return timer.deadline() != Vcpu.NEVER;
    }

    /** Does what is requested at once, because the guest waits. */
    public void hurry() {
        if (isRequested()) {
            cancel();
            work.run();
        }
    }

    /** Nothing is to be done any more, or it has just been done. */
    public void cancel() {
        timer.set(Vcpu.NEVER);
    }
}
