package dev.vls.xen.abi.grant;

import dev.vls.xen.abi.ConstantNames;
import dev.vls.xen.abi.XenNumbers;

/**
 * Status of a grant operation, in each request's own field.
 *
 * <p>Source: {@code public/grant_table.h}, {@code GNTST_*}.
 */
@XenNumbers(header = "grant_table.h", prefix = "GNTST_")
public final class GrantStatus {
    private GrantStatus() {}

    public static final int OKAY = 0;
    public static final int GENERAL_ERROR = -1;
    public static final int BAD_DOMAIN = -2;
    public static final int BAD_GNTREF = -3;
    public static final int BAD_HANDLE = -4;
    public static final int BAD_VIRT_ADDR = -5;
    public static final int BAD_DEV_ADDR = -6;
    public static final int NO_DEVICE_SPACE = -7;
    public static final int PERMISSION_DENIED = -8;
    public static final int BAD_PAGE = -9;
    public static final int BAD_COPY_ARG = -10;
    public static final int ADDRESS_TOO_BIG = -11;
    public static final int EAGAIN = -12;
    public static final int NO_SPACE = -13;

    /**
     * Name of a number for logs.
     *
     * @param number any int
     * @return the constant's name in this class, or {@code "grant status "} followed by the number
     */
    public static String name(int number) {
        return Names.TABLE.name(number);
    }

    /** Built when the first name is asked for, not when the constants are used. */
    private static final class Names {
        static final ConstantNames TABLE = ConstantNames.of(GrantStatus.class, "grant status ");
    }
}
