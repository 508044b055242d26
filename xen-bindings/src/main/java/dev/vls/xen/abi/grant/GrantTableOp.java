package dev.vls.xen.abi.grant;

import dev.vls.xen.abi.ConstantNames;
import dev.vls.xen.abi.XenNumbers;

/**
 * Operations of the {@code grant_table_op} hypercall.
 *
 * <p>Source: {@code public/grant_table.h}, {@code GNTTABOP_*}.
 */
@XenNumbers(header = "grant_table.h", prefix = "GNTTABOP_")
public final class GrantTableOp {
    private GrantTableOp() {}

    public static final int MAP_GRANT_REF = 0;
    public static final int UNMAP_GRANT_REF = 1;
    public static final int SETUP_TABLE = 2;
    public static final int DUMP_TABLE = 3;
    public static final int TRANSFER = 4;
    public static final int COPY = 5;
    public static final int QUERY_SIZE = 6;
    public static final int UNMAP_AND_REPLACE = 7;
    public static final int SET_VERSION = 8;
    public static final int GET_STATUS_FRAMES = 9;
    public static final int GET_VERSION = 10;
    public static final int SWAP_GRANT_REF = 11;
    public static final int CACHE_FLUSH = 12;

    /**
     * Name of a number for logs.
     *
     * @param number any int
     * @return the constant's name in this class, or {@code "grant_table_op "} followed by the
     *     number
     */
    public static String name(int number) {
        return Names.TABLE.name(number);
    }

    /** Built when the first name is asked for, not when the constants are used. */
    private static final class Names {
        static final ConstantNames TABLE = ConstantNames.of(GrantTableOp.class, "grant_table_op ");
    }
}
