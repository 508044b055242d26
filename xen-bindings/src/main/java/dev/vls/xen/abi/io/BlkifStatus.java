package dev.vls.xen.abi.io;

import dev.vls.xen.abi.ConstantNames;
import dev.vls.xen.abi.XenNumbers;

/**
 * Status of block responses.
 *
 * <p>Source: {@code public/io/blkif.h}, {@code BLKIF_RSP_*}.
 */
@XenNumbers(header = "io/blkif.h", prefix = "BLKIF_RSP_", lowerCase = false)
public final class BlkifStatus {
    private BlkifStatus() {}

    public static final int EOPNOTSUPP = -2;
    public static final int ERROR = -1;
    public static final int OKAY = 0;

    /**
     * Name of a number for logs.
     *
     * @param number any int
     * @return the constant's name in this class, or {@code "blkif status "} followed by the number
     */
    public static String name(int number) {
        return Names.TABLE.name(number);
    }

    /** Built when the first name is asked for, not when the constants are used. */
    private static final class Names {
        static final ConstantNames TABLE = ConstantNames.of(BlkifStatus.class, "blkif status ");
    }
}
