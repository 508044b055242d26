package dev.vls.xen.abi.io;

import dev.vls.xen.abi.XenNumbers;

/**
 * Status of control responses.
 *
 * <p>Source: {@code public/io/netif.h}, {@code XEN_NETIF_CTRL_STATUS_*}.
 */
@XenNumbers(header = "io/netif.h", prefix = "XEN_NETIF_CTRL_STATUS_", lowerCase = false)
public final class NetifControlStatus {
    private NetifControlStatus() {}

    public static final int SUCCESS = 0;
    public static final int NOT_SUPPORTED = 1;
    public static final int INVALID_PARAMETER = 2;
    public static final int BUFFER_OVERFLOW = 3;
}
