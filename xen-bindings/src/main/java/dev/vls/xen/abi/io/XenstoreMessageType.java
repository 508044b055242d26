package dev.vls.xen.abi.io;

import dev.vls.xen.abi.ConstantNames;
import dev.vls.xen.abi.XenNumbers;

/**
 * Types of xenstore messages, {@link XsdSockmsg#TYPE}.
 *
 * <p>Source: {@code public/io/xs_wire.h}, {@code XS_*}.
 */
@XenNumbers(header = "io/xs_wire.h", prefix = "XS_", lowerCase = false)
public final class XenstoreMessageType {
    private XenstoreMessageType() {}

    public static final int CONTROL = 0;
    public static final int DIRECTORY = 1;
    public static final int READ = 2;
    public static final int GET_PERMS = 3;
    public static final int WATCH = 4;
    public static final int UNWATCH = 5;
    public static final int TRANSACTION_START = 6;
    public static final int TRANSACTION_END = 7;
    public static final int INTRODUCE = 8;
    public static final int RELEASE = 9;
    public static final int GET_DOMAIN_PATH = 10;
    public static final int WRITE = 11;
    public static final int MKDIR = 12;
    public static final int RM = 13;
    public static final int SET_PERMS = 14;
    public static final int WATCH_EVENT = 15;
    public static final int ERROR = 16;
    public static final int IS_DOMAIN_INTRODUCED = 17;
    public static final int RESUME = 18;
    public static final int SET_TARGET = 19;
    public static final int RESET_WATCHES = 21;
    public static final int DIRECTORY_PART = 22;

    /**
     * Name of a number for logs.
     *
     * @param number any int
     * @return the constant's name in this class, or {@code "xenstore type "} followed by the number
     */
    public static String name(int number) {
        return Names.TABLE.name(number);
    }

    /** Built when the first name is asked for, not when the constants are used. */
    private static final class Names {
        static final ConstantNames TABLE =
                ConstantNames.of(XenstoreMessageType.class, "xenstore type ");
    }
}
