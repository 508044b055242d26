package dev.vls.xen.abi.sched;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code SCHEDOP_shutdown}.
 *
 * <p>Source: {@code public/sched.h}, {@code struct sched_shutdown}.
 */
@XenStruct(type = "struct sched_shutdown", header = "sched.h")
public final class SchedShutdown {
    private SchedShutdown() {}

    /** {@code unsigned int}, 4 bytes: {@link ShutdownReason}. */
    public static final int REASON = 0;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 4;
}
