package dev.vls.xen.abi.vcpu;

import dev.vls.xen.abi.ConstantNames;
import dev.vls.xen.abi.XenNumbers;

/**
 * States of {@link VcpuRunstateInfo#STATE} and indices of its times.
 *
 * <p>Source: {@code public/vcpu.h}, {@code RUNSTATE_*}.
 */
@XenNumbers(header = "vcpu.h", prefix = "RUNSTATE_")
public final class RunState {
    private RunState() {}

    public static final int RUNNING = 0;
    public static final int RUNNABLE = 1;
    public static final int BLOCKED = 2;
    public static final int OFFLINE = 3;

    /**
     * Name of a number for logs.
     *
     * @param number any int
     * @return the constant's name in this class, or {@code "runstate "} followed by the number
     */
    public static String name(int number) {
        return Names.TABLE.name(number);
    }

    /** Built when the first name is asked for, not when the constants are used. */
    private static final class Names {
        static final ConstantNames TABLE = ConstantNames.of(RunState.class, "runstate ");
    }
}
