package dev.vls.xen.abi.io;

import dev.vls.xen.abi.XenConstant;
import dev.vls.xen.abi.XenStruct;

/**
 * A read, write, barrier or flush request.
 *
 * <p>Source: {@code public/io/blkif.h}, {@code struct blkif_request}.
 */
@XenStruct(type = "struct blkif_request", header = "io/blkif.h")
public final class BlkifRequest {
    private BlkifRequest() {}

    /** {@code uint8_t}, 1 byte: {@link BlkifOp}. */
    public static final int OPERATION = 0;

    /** {@code uint8_t}, 1 byte. */
    public static final int NR_SEGMENTS = 1;

    /** {@code uint16_t}, 2 bytes. */
    public static final int HANDLE = 2;

    /** {@code uint64_t}, 8 bytes: echoed in the response. */
    public static final int ID = 8;

    /** {@code uint64_t}, 8 bytes: first sector on the disk, of 512 bytes. */
    public static final int SECTOR_NUMBER = 16;

    /**
     * {@code struct blkif_request_segment [11]}, 88 bytes: stride {@link BlkifRequestSegment#SIZE}.
     */
    public static final int SEG = 24;

    /** Number of elements of {@code seg}. */
    @XenConstant("ARRAY_LENGTH(struct blkif_request, seg)")
    public static final int SEG_LENGTH = 11;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 112;
}
