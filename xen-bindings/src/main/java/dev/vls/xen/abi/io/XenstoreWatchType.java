package dev.vls.xen.abi.io;

import dev.vls.xen.abi.XenNumbers;

/**
 * Positions of the strings of a watch event.
 *
 * <p>Source: {@code public/io/xs_wire.h}, {@code XS_WATCH_*}.
 */
@XenNumbers(header = "io/xs_wire.h", prefix = "XS_WATCH_", lowerCase = false)
public final class XenstoreWatchType {
    private XenstoreWatchType() {}

    public static final int PATH = 0;
    public static final int TOKEN = 1;
}
