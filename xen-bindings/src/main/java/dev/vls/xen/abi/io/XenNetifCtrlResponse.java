package dev.vls.xen.abi.io;

import dev.vls.xen.abi.XenStruct;

/**
 * A response on the control ring.
 *
 * <p>Source: {@code public/io/netif.h}, {@code struct xen_netif_ctrl_response}.
 */
@XenStruct(type = "struct xen_netif_ctrl_response", header = "io/netif.h")
public final class XenNetifCtrlResponse {
    private XenNetifCtrlResponse() {}

    /** {@code uint16_t}, 2 bytes. */
    public static final int ID = 0;

    /** {@code uint16_t}, 2 bytes. */
    public static final int TYPE = 2;

    /** {@code uint32_t}, 4 bytes. */
    public static final int STATUS = 4;

    /** {@code uint32_t}, 4 bytes. */
    public static final int DATA = 8;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 12;
}
