package dev.vls.xen.abi.io;

import dev.vls.xen.abi.XenNumbers;

/**
 * Status of network responses.
 *
 * <p>Source: {@code public/io/netif.h}, {@code NETIF_RSP_*}.
 */
@XenNumbers(header = "io/netif.h", prefix = "NETIF_RSP_", lowerCase = false)
public final class NetifResponseStatus {
    private NetifResponseStatus() {}

    public static final int DROPPED = -2;
    public static final int ERROR = -1;
    public static final int OKAY = 0;
    public static final int NULL = 1;
}
