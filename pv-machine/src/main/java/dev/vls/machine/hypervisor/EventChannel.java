package dev.vls.machine.hypervisor;

import org.jspecify.annotations.Nullable;

/** One port of the domain: Xen's {@code struct evtchn}. */
final class EventChannel {
    /** What a port is bound to (xen/sched.h, ECS_*). */
    enum State {
        FREE,
        RESERVED,
        UNBOUND,
        INTERDOMAIN,
        VIRQ,
        IPI
    }

    final int port;
    State state = State.FREE;

    /** The vCPU that is told of events. */
    int notifyVcpu;

    /** UNBOUND and INTERDOMAIN: the other side's domain. */
    int remoteDomain;

    /** INTERDOMAIN: the other side's port. */
    int remotePort;

    /**
     * INTERDOMAIN: a device of the machine at the other side; null for a port of the guest itself.
     */
    @Nullable Runnable backend;

    /** VIRQ: its number. */
    int virq;

    // FIFO ABI

    int priority;

    /** Became pending before its word of the event array existed. */
    boolean pending;

    /** The queue that the event was last on. */
    int lastVcpu;

    int lastPriority;

    EventChannel(int port) {
        this.port = port;
    }

    boolean isUsable() {
        return state.compareTo(State.RESERVED) > 0;
    }
}
