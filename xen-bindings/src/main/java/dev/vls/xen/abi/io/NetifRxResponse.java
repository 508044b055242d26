package dev.vls.xen.abi.io;

import dev.vls.xen.abi.XenStruct;

/**
 * A part of a received frame.
 *
 * <p>Source: {@code public/io/netif.h}, {@code struct netif_rx_response}.
 */
@XenStruct(type = "struct netif_rx_response", header = "io/netif.h")
public final class NetifRxResponse {
    private NetifRxResponse() {}

    /** {@code uint16_t}, 2 bytes. */
    public static final int ID = 0;

    /** {@code uint16_t}, 2 bytes: bytes into the page. */
    public static final int OFFSET = 2;

    /** {@code uint16_t}, 2 bytes: {@link NetifRxFlag}. */
    public static final int FLAGS = 4;

    /** {@code int16_t}, 2 bytes: bytes when positive, else {@link NetifResponseStatus}. */
    public static final int STATUS = 6;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 8;
}
