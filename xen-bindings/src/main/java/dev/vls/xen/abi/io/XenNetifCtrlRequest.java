package dev.vls.xen.abi.io;

import dev.vls.xen.abi.XenConstant;
import dev.vls.xen.abi.XenStruct;

/**
 * A request on the control ring.
 *
 * <p>Source: {@code public/io/netif.h}, {@code struct xen_netif_ctrl_request}.
 */
@XenStruct(type = "struct xen_netif_ctrl_request", header = "io/netif.h")
public final class XenNetifCtrlRequest {
    private XenNetifCtrlRequest() {}

    /** {@code uint16_t}, 2 bytes. */
    public static final int ID = 0;

    /** {@code uint16_t}, 2 bytes. */
    public static final int TYPE = 2;

    /** {@code uint32_t [3]}, 12 bytes. */
    public static final int DATA = 4;

    /** Number of elements of {@code data}. */
    @XenConstant("ARRAY_LENGTH(struct xen_netif_ctrl_request, data)")
    public static final int DATA_LENGTH = 3;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 16;
}
