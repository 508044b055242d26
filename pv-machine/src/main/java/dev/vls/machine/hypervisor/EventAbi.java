package dev.vls.machine.hypervisor;

import dev.vls.xen.abi.errno.XenErrno;

/**
 * How pending and masked ports are kept in memory that the guest shares: two levels or FIFO queues.
 */
interface EventAbi {
    /** Number of ports that the memory layout has room for. */
    int maxPorts();

    void init(EventChannel channel);

    void setPending(Vcpu vcpu, EventChannel channel);

    void clearPending(EventChannel channel);

    void unmask(EventChannel channel);

    boolean isPending(EventChannel channel);

    /** Still on a queue after it was closed. */
    default boolean isBusy(EventChannel channel) {
        return false;
    }

    default int setPriority(EventChannel channel, int priority) {
        return -XenErrno.ENOSYS;
    }
}
