package dev.vls.xen.abi.io;

import dev.vls.xen.abi.ConstantNames;
import dev.vls.xen.abi.XenNumbers;

/**
 * Operations of block requests.
 *
 * <p>Source: {@code public/io/blkif.h}, {@code BLKIF_OP_*}.
 */
@XenNumbers(header = "io/blkif.h", prefix = "BLKIF_OP_", lowerCase = false)
public final class BlkifOp {
    private BlkifOp() {}

    public static final int READ = 0;
    public static final int WRITE = 1;
    public static final int WRITE_BARRIER = 2;
    public static final int FLUSH_DISKCACHE = 3;
    public static final int RESERVED_1 = 4;
    public static final int DISCARD = 5;
    public static final int INDIRECT = 6;

    /**
     * Name of a number for logs.
     *
     * @param number any int
     * @return the constant's name in this class, or {@code "blkif op "} followed by the number
     */
    public static String name(int number) {
        return Names.TABLE.name(number);
    }

    /** Built when the first name is asked for, not when the constants are used. */
    private static final class Names {
        static final ConstantNames TABLE = ConstantNames.of(BlkifOp.class, "blkif op ");
    }
}
