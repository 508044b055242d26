package dev.vls.xen.abi.xen;

import dev.vls.xen.abi.ConstantNames;
import dev.vls.xen.abi.XenNumbers;

/**
 * Commands of the {@code mmuext_op} hypercall, {@link MmuextOp#CMD}.
 *
 * <p>Source: {@code public/xen.h}, {@code MMUEXT_*}.
 */
@XenNumbers(header = "xen.h", prefix = "MMUEXT_", lowerCase = false)
public final class MmuExtCommand {
    private MmuExtCommand() {}

    public static final int PIN_L1_TABLE = 0;
    public static final int PIN_L2_TABLE = 1;
    public static final int PIN_L3_TABLE = 2;
    public static final int PIN_L4_TABLE = 3;
    public static final int UNPIN_TABLE = 4;
    public static final int NEW_BASEPTR = 5;
    public static final int TLB_FLUSH_LOCAL = 6;
    public static final int INVLPG_LOCAL = 7;
    public static final int TLB_FLUSH_MULTI = 8;
    public static final int INVLPG_MULTI = 9;
    public static final int TLB_FLUSH_ALL = 10;
    public static final int INVLPG_ALL = 11;
    public static final int FLUSH_CACHE = 12;
    public static final int SET_LDT = 13;
    public static final int NEW_USER_BASEPTR = 15;
    public static final int CLEAR_PAGE = 16;
    public static final int COPY_PAGE = 17;
    public static final int FLUSH_CACHE_GLOBAL = 18;
    public static final int MARK_SUPER = 19;
    public static final int UNMARK_SUPER = 20;

    /**
     * Name of a number for logs.
     *
     * @param number any int
     * @return the constant's name in this class, or {@code "mmuext_op "} followed by the number
     */
    public static String name(int number) {
        return Names.TABLE.name(number);
    }

    /** Built when the first name is asked for, not when the constants are used. */
    private static final class Names {
        static final ConstantNames TABLE = ConstantNames.of(MmuExtCommand.class, "mmuext_op ");
    }
}
