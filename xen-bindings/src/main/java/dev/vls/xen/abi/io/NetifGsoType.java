package dev.vls.xen.abi.io;

import dev.vls.xen.abi.XenNumbers;

/**
 * Types of segmentation offload.
 *
 * <p>Source: {@code public/io/netif.h}, {@code XEN_NETIF_GSO_TYPE_*}.
 */
@XenNumbers(header = "io/netif.h", prefix = "XEN_NETIF_GSO_TYPE_", lowerCase = false)
public final class NetifGsoType {
    private NetifGsoType() {}

    public static final int NONE = 0;
    public static final int TCPV4 = 1;
    public static final int TCPV6 = 2;
}
