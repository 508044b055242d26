package dev.vls.xen.abi.sched;

import dev.vls.xen.abi.XenConstant;
import dev.vls.xen.abi.XenNumbers;

/**
 * Reasons of {@code SCHEDOP_shutdown}.
 *
 * <p>Source: {@code public/sched.h}, {@code SHUTDOWN_*}.
 */
@XenNumbers(header = "sched.h", prefix = "SHUTDOWN_")
public final class ShutdownReason {
    private ShutdownReason() {}

    public static final int POWEROFF = 0;
    public static final int REBOOT = 1;
    public static final int SUSPEND = 2;
    public static final int CRASH = 3;
    public static final int WATCHDOG = 4;
    public static final int SOFT_RESET = 5;

    /** Highest reason. */
    @XenConstant("SHUTDOWN_MAX")
    public static final int MAX = 5;
}
