package dev.vls.xen.abi.io;

import dev.vls.xen.abi.XenStruct;

/**
 * Response to a request to send.
 *
 * <p>Source: {@code public/io/netif.h}, {@code struct netif_tx_response}.
 */
@XenStruct(type = "struct netif_tx_response", header = "io/netif.h")
public final class NetifTxResponse {
    private NetifTxResponse() {}

    /** {@code uint16_t}, 2 bytes. */
    public static final int ID = 0;

    /** {@code int16_t}, 2 bytes: {@link NetifResponseStatus}. */
    public static final int STATUS = 2;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 4;
}
