package dev.vls.xen.abi.xen;

import dev.vls.xen.abi.ConstantNames;
import dev.vls.xen.abi.XenNumbers;

/**
 * Virtual interrupt numbers for {@code EVTCHNOP_bind_virq}. Timer, debug, xenoprof and xenpmu are
 * per vCPU, the others per domain or for the control domain alone.
 *
 * <p>Source: {@code public/xen.h}, {@code VIRQ_*}.
 */
@XenNumbers(header = "xen.h", prefix = "VIRQ_", lowerCase = false)
public final class Virq {
    private Virq() {}

    public static final int TIMER = 0;
    public static final int DEBUG = 1;
    public static final int CONSOLE = 2;
    public static final int DOM_EXC = 3;
    public static final int TBUF = 4;
    public static final int DEBUGGER = 6;
    public static final int XENOPROF = 7;
    public static final int CON_RING = 8;
    public static final int PCPU_STATE = 9;
    public static final int MEM_EVENT = 10;
    public static final int ARGO = 11;
    public static final int ENOMEM = 12;
    public static final int XENPMU = 13;
    public static final int ARCH_0 = 16;
    public static final int ARCH_1 = 17;
    public static final int ARCH_2 = 18;
    public static final int ARCH_3 = 19;
    public static final int ARCH_4 = 20;
    public static final int ARCH_5 = 21;
    public static final int ARCH_6 = 22;
    public static final int ARCH_7 = 23;

    /**
     * Name of a number for logs.
     *
     * @param number any int
     * @return the constant's name in this class, or {@code "virq "} followed by the number
     */
    public static String name(int number) {
        return Names.TABLE.name(number);
    }

    /** Built when the first name is asked for, not when the constants are used. */
    private static final class Names {
        static final ConstantNames TABLE = ConstantNames.of(Virq.class, "virq ");
    }
}
