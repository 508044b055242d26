package dev.vls.xen.abi.io;

import dev.vls.xen.abi.XenMember;
import dev.vls.xen.abi.XenStruct;

/**
 * A request to send: one part of a frame.
 *
 * <p>Source: {@code public/io/netif.h}, {@code struct netif_tx_request}.
 */
@XenStruct(type = "struct netif_tx_request", header = "io/netif.h")
public final class NetifTxRequest {
    private NetifTxRequest() {}

    /** {@code grant_ref_t}, 4 bytes. */
    public static final int GREF = 0;

    /** {@code uint16_t}, 2 bytes: bytes into the page. */
    public static final int OFFSET = 4;

    /** {@code uint16_t}, 2 bytes: {@link NetifTxFlag}. */
    public static final int FLAGS = 6;

    /** {@code uint16_t}, 2 bytes. */
    public static final int ID = 8;

    /**
     * {@code uint16_t}, 2 bytes: bytes: of the whole frame in its first request, of this part in
     * the others.
     */
    @XenMember("size")
    public static final int SIZE_FIELD = 10;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 12;
}
