package dev.vls.xen.abi.io;

import dev.vls.xen.abi.XenConstant;
import dev.vls.xen.abi.XenStruct;

/**
 * The shared ring by which a PV network device receives. {@link SharedRing} has the arithmetic of
 * its indices.
 *
 * <p>Source: {@code public/io/netif.h}, {@code struct netif_rx_sring}.
 */
@XenStruct(type = "struct netif_rx_sring", header = "io/netif.h")
public final class NetifRxSring {
    private NetifRxSring() {}

    /** {@code RING_IDX}, 4 bytes: requests that the frontend made. */
    public static final int REQ_PROD = 0;

    /** {@code RING_IDX}, 4 bytes: request that the backend wants to be told of. */
    public static final int REQ_EVENT = 4;

    /** {@code RING_IDX}, 4 bytes: responses that the backend made. */
    public static final int RSP_PROD = 8;

    /** {@code RING_IDX}, 4 bytes: response that the frontend wants to be told of. */
    public static final int RSP_EVENT = 12;

    /** {@code union netif_rx_sring_entry [1]}, 8 bytes: the first entry; the header ends here. */
    public static final int RING = 64;

    /** Bytes of an entry: the larger of request and response. */
    @XenConstant("sizeof(union netif_rx_sring_entry)")
    public static final int ENTRY_SIZE = 8;

    /** Entries of a ring of one page. */
    @XenConstant("__CONST_RING_SIZE(netif_rx, 4096)")
    public static final int ENTRIES_PER_PAGE = 256;
}
