package dev.vls.xen.abi.io;

import dev.vls.xen.abi.XenStruct;

/**
 * Header of each xenstore message; {@code len} payload bytes follow.
 *
 * <p>Source: {@code public/io/xs_wire.h}, {@code struct xsd_sockmsg}.
 */
@XenStruct(type = "struct xsd_sockmsg", header = "io/xs_wire.h")
public final class XsdSockmsg {
    private XsdSockmsg() {}

    /** {@code uint32_t}, 4 bytes: {@link XenstoreMessageType}. */
    public static final int TYPE = 0;

    /** {@code uint32_t}, 4 bytes: echoed in the answer. */
    public static final int REQ_ID = 4;

    /** {@code uint32_t}, 4 bytes: transaction, 0 for none. */
    public static final int TX_ID = 8;

    /** {@code uint32_t}, 4 bytes: bytes of payload. */
    public static final int LEN = 12;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 16;
}
