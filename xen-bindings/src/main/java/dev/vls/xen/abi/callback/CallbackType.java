package dev.vls.xen.abi.callback;

import dev.vls.xen.abi.ConstantNames;
import dev.vls.xen.abi.XenNumbers;

/**
 * Types of callbacks.
 *
 * <p>Source: {@code public/callback.h}, {@code CALLBACKTYPE_*}.
 */
@XenNumbers(header = "callback.h", prefix = "CALLBACKTYPE_")
public final class CallbackType {
    private CallbackType() {}

    public static final int EVENT = 0;
    public static final int FAILSAFE = 1;
    public static final int SYSCALL = 2;
    public static final int SYSENTER_DEPRECATED = 3;
    public static final int NMI = 4;
    public static final int SYSENTER = 5;
    public static final int SYSCALL32 = 7;

    /**
     * Name of a number for logs.
     *
     * @param number any int
     * @return the constant's name in this class, or {@code "callback type "} followed by the number
     */
    public static String name(int number) {
        return Names.TABLE.name(number);
    }

    /** Built when the first name is asked for, not when the constants are used. */
    private static final class Names {
        static final ConstantNames TABLE = ConstantNames.of(CallbackType.class, "callback type ");
    }
}
