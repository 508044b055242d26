package dev.vls.xen.abi.pmu;

import dev.vls.xen.abi.ConstantNames;
import dev.vls.xen.abi.XenNumbers;

/**
 * Operations of the {@code xenpmu_op} hypercall.
 *
 * <p>Source: {@code public/pmu.h}, {@code XENPMU_*}.
 */
@XenNumbers(header = "pmu.h", prefix = "XENPMU_")
public final class XenpmuOp {
    private XenpmuOp() {}

    public static final int MODE_GET = 0;
    public static final int MODE_SET = 1;
    public static final int FEATURE_GET = 2;
    public static final int FEATURE_SET = 3;
    public static final int INIT = 4;
    public static final int FINISH = 5;
    public static final int LVTPC_SET = 6;
    public static final int FLUSH = 7;

    /**
     * Name of a number for logs.
     *
     * @param number any int
     * @return the constant's name in this class, or {@code "xenpmu_op "} followed by the number
     */
    public static String name(int number) {
        return Names.TABLE.name(number);
    }

    /** Built when the first name is asked for, not when the constants are used. */
    private static final class Names {
        static final ConstantNames TABLE = ConstantNames.of(XenpmuOp.class, "xenpmu_op ");
    }
}
