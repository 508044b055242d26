package dev.vls.machine.hypervisor;

import dev.vls.machine.state.StateFields;
import dev.vls.xen.abi.event.EventChannelFifo;
import java.util.List;
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

    /**
     * All of the port.
     *
     * @param backends devices that may be at the other side
     */
    void state(StateFields s, List<Runnable> backends, int vcpus) {
        state = s.constant("state", state);
        notifyVcpu = s.int32("notifyVcpu", notifyVcpu, 0, vcpus - 1);
        remoteDomain = s.int32("remoteDomain", remoteDomain);
        remotePort = s.int32("remotePort", remotePort);
        int index = backend == null ? -1 : backends.indexOf(backend);
        index = s.int32("backend", index, -1, backends.size() - 1);
        backend = index < 0 ? null : backends.get(index);
        virq = s.int32("virq", virq, 0, EventChannels.VIRQS - 1);
        priority = s.int32("priority", priority, 0, EventChannelFifo.MAX_QUEUES - 1);
        pending = s.flag("pending", pending);
        lastVcpu = s.int32("lastVcpu", lastVcpu, 0, vcpus - 1);
        lastPriority = s.int32("lastPriority", lastPriority, 0, EventChannelFifo.MAX_QUEUES - 1);
    }
}
