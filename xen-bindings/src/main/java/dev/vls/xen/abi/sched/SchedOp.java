package dev.vls.xen.abi.sched;

import dev.vls.xen.abi.ConstantNames;
import dev.vls.xen.abi.XenNumbers;

/**
 * Operations of the {@code sched_op} hypercall.
 *
 * <p>Source: {@code public/sched.h}, {@code SCHEDOP_*}.
 */
@XenNumbers(header = "sched.h", prefix = "SCHEDOP_")
public final class SchedOp {
    private SchedOp() {}

    public static final int YIELD = 0;
    public static final int BLOCK = 1;
    public static final int SHUTDOWN = 2;
    public static final int POLL = 3;
    public static final int REMOTE_SHUTDOWN = 4;
    public static final int SHUTDOWN_CODE = 5;
    public static final int WATCHDOG = 6;
    public static final int PIN_OVERRIDE = 7;

    /**
     * Name of a number for logs.
     *
     * @param number any int
     * @return the constant's name in this class, or {@code "sched_op "} followed by the number
     */
    public static String name(int number) {
        return Names.TABLE.name(number);
    }

    /** Built when the first name is asked for, not when the constants are used. */
    private static final class Names {
        static final ConstantNames TABLE = ConstantNames.of(SchedOp.class, "sched_op ");
    }
}
