package dev.vls.xen.abi.io;

import dev.vls.xen.abi.XenStruct;

/**
 * A buffer to receive into: one granted page.
 *
 * <p>Source: {@code public/io/netif.h}, {@code struct netif_rx_request}.
 */
@XenStruct(type = "struct netif_rx_request", header = "io/netif.h")
public final class NetifRxRequest {
    private NetifRxRequest() {}

    /** {@code uint16_t}, 2 bytes. */
    public static final int ID = 0;

    /** {@code grant_ref_t}, 4 bytes. */
    public static final int GREF = 4;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 8;
}
