package dev.vls.xen.abi.version;

import dev.vls.xen.abi.ConstantNames;
import dev.vls.xen.abi.XenNumbers;

/**
 * Commands of the {@code xen_version} hypercall.
 *
 * <p>Source: {@code public/version.h}, {@code XENVER_*}.
 */
@XenNumbers(header = "version.h", prefix = "XENVER_")
public final class XenVersionOp {
    private XenVersionOp() {}

    public static final int VERSION = 0;
    public static final int EXTRAVERSION = 1;
    public static final int COMPILE_INFO = 2;
    public static final int CAPABILITIES = 3;
    public static final int CHANGESET = 4;
    public static final int PLATFORM_PARAMETERS = 5;
    public static final int GET_FEATURES = 6;
    public static final int PAGESIZE = 7;
    public static final int GUEST_HANDLE = 8;
    public static final int COMMANDLINE = 9;
    public static final int BUILD_ID = 10;

    /**
     * Name of a number for logs.
     *
     * @param number any int
     * @return the constant's name in this class, or {@code "xen_version "} followed by the number
     */
    public static String name(int number) {
        return Names.TABLE.name(number);
    }

    /** Built when the first name is asked for, not when the constants are used. */
    private static final class Names {
        static final ConstantNames TABLE = ConstantNames.of(XenVersionOp.class, "xen_version ");
    }
}
