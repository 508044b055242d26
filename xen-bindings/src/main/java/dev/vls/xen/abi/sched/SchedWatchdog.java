package dev.vls.xen.abi.sched;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code SCHEDOP_watchdog}.
 *
 * <p>Source: {@code public/sched.h}, {@code struct sched_watchdog}.
 */
@XenStruct(type = "struct sched_watchdog", header = "sched.h")
public final class SchedWatchdog {
    private SchedWatchdog() {}

    /** {@code uint32_t}, 4 bytes: 0 for a new one. */
    public static final int ID = 0;

    /** {@code uint32_t}, 4 bytes: seconds, 0 to stop. */
    public static final int TIMEOUT = 4;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 8;
}
