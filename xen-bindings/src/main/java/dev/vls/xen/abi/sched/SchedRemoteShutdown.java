package dev.vls.xen.abi.sched;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code SCHEDOP_remote_shutdown}.
 *
 * <p>Source: {@code public/sched.h}, {@code struct sched_remote_shutdown}.
 */
@XenStruct(type = "struct sched_remote_shutdown", header = "sched.h")
public final class SchedRemoteShutdown {
    private SchedRemoteShutdown() {}

    /** {@code domid_t}, 2 bytes. */
    public static final int DOMAIN_ID = 0;

    /** {@code unsigned int}, 4 bytes. */
    public static final int REASON = 4;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 8;
}
