package dev.vls.xen.abi.io;

import dev.vls.xen.abi.XenStruct;

/**
 * A segment of a block request: 512-byte sectors of one granted page.
 *
 * <p>Source: {@code public/io/blkif.h}, {@code struct blkif_request_segment}.
 */
@XenStruct(type = "struct blkif_request_segment", header = "io/blkif.h")
public final class BlkifRequestSegment {
    private BlkifRequestSegment() {}

    /** {@code grant_ref_t}, 4 bytes: grant reference. */
    public static final int GREF = 0;

    /** {@code uint8_t}, 1 byte: first sector within the page. */
    public static final int FIRST_SECT = 4;

    /** {@code uint8_t}, 1 byte: last sector within the page, inclusive. */
    public static final int LAST_SECT = 5;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 8;
}
