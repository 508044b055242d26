package dev.vls.machine.host.events;

import dev.vls.machine.hypervisor.Vcpu;

/** Takes what {@link VerboseEvents} says, on the machine's thread. */
public interface EventSink {
    /**
     * Something happened.
     *
     * @param vcpu whose step count, mode and system time are those of the event
     * @param rip where the vCPU was
     * @param detail what happened, in a line
     */
    void event(EventKind kind, Vcpu vcpu, long rip, String detail);
}
