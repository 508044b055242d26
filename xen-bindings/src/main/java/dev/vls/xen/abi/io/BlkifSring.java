package dev.vls.xen.abi.io;

import dev.vls.xen.abi.XenConstant;
import dev.vls.xen.abi.XenStruct;

/**
 * The shared ring of a PV block device. {@link SharedRing} has the arithmetic of its indices.
 *
 * <p>Source: {@code public/io/blkif.h}, {@code struct blkif_sring}.
 */
@XenStruct(type = "struct blkif_sring", header = "io/blkif.h")
public final class BlkifSring {
    private BlkifSring() {}

    /** {@code RING_IDX}, 4 bytes: requests that the frontend made. */
    public static final int REQ_PROD = 0;

    /** {@code RING_IDX}, 4 bytes: request that the backend wants to be told of. */
    public static final int REQ_EVENT = 4;

    /** {@code RING_IDX}, 4 bytes: responses that the backend made. */
    public static final int RSP_PROD = 8;

    /** {@code RING_IDX}, 4 bytes: response that the frontend wants to be told of. */
    public static final int RSP_EVENT = 12;

    /** {@code union blkif_sring_entry [1]}, 112 bytes: the first entry; the header ends here. */
    public static final int RING = 64;

    /** Bytes of an entry: the larger of request and response. */
    @XenConstant("sizeof(union blkif_sring_entry)")
    public static final int ENTRY_SIZE = 112;

    /** Entries of a ring of one page. */
    @XenConstant("__CONST_RING_SIZE(blkif, 4096)")
    public static final int ENTRIES_PER_PAGE = 32;
}
