package dev.vls.xen.abi.io;

import dev.vls.xen.abi.XenNumbers;

/**
 * Types of extra segments.
 *
 * <p>Source: {@code public/io/netif.h}, {@code XEN_NETIF_EXTRA_TYPE_*}.
 */
@XenNumbers(header = "io/netif.h", prefix = "XEN_NETIF_EXTRA_TYPE_", lowerCase = false)
public final class NetifExtraType {
    private NetifExtraType() {}

    public static final int NONE = 0;
    public static final int GSO = 1;
    public static final int MCAST_ADD = 2;
    public static final int MCAST_DEL = 3;
    public static final int HASH = 4;
    public static final int MAX = 5;
}
