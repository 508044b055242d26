package dev.vls.xen.abi.sched;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code SCHEDOP_poll}.
 *
 * <p>Source: {@code public/sched.h}, {@code struct sched_poll}.
 */
@XenStruct(type = "struct sched_poll", header = "sched.h")
public final class SchedPoll {
    private SchedPoll() {}

    /** {@code XEN_GUEST_HANDLE(evtchn_port_t)}, 8 bytes: guest virtual address of 32-bit ports. */
    public static final int PORTS = 0;

    /** {@code unsigned int}, 4 bytes. */
    public static final int NR_PORTS = 8;

    /** {@code uint64_t}, 8 bytes: absolute system time in nanoseconds, 0 for none. */
    public static final int TIMEOUT = 16;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 24;
}
