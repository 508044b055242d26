package dev.vls.xen.abi.io;

import dev.vls.xen.abi.ConstantNames;
import dev.vls.xen.abi.XenConstant;
import dev.vls.xen.abi.XenNumbers;

/**
 * States of a PV device's frontend and backend, written to xenstore in decimal.
 *
 * <p>Source: {@code public/io/xenbus.h}, {@code XenbusState*}.
 */
@XenNumbers(header = "io/xenbus.h", prefix = "XenbusState", lowerCase = false)
public final class XenbusState {
    private XenbusState() {}

    @XenConstant("XenbusStateUnknown")
    public static final int UNKNOWN = 0;

    @XenConstant("XenbusStateInitialising")
    public static final int INITIALISING = 1;

    @XenConstant("XenbusStateInitWait")
    public static final int INIT_WAIT = 2;

    @XenConstant("XenbusStateInitialised")
    public static final int INITIALISED = 3;

    @XenConstant("XenbusStateConnected")
    public static final int CONNECTED = 4;

    @XenConstant("XenbusStateClosing")
    public static final int CLOSING = 5;

    @XenConstant("XenbusStateClosed")
    public static final int CLOSED = 6;

    @XenConstant("XenbusStateReconfiguring")
    public static final int RECONFIGURING = 7;

    @XenConstant("XenbusStateReconfigured")
    public static final int RECONFIGURED = 8;

    /**
     * Name of a number for logs.
     *
     * @param number any int
     * @return the constant's name in this class, or {@code "xenbus state "} followed by the number
     */
    public static String name(int number) {
        return Names.TABLE.name(number);
    }

    /** Built when the first name is asked for, not when the constants are used. */
    private static final class Names {
        static final ConstantNames TABLE = ConstantNames.of(XenbusState.class, "xenbus state ");
    }
}
