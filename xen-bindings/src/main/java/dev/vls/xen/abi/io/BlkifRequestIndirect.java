package dev.vls.xen.abi.io;

import dev.vls.xen.abi.XenConstant;
import dev.vls.xen.abi.XenStruct;

/**
 * A request whose segments are in granted pages.
 *
 * <p>Source: {@code public/io/blkif.h}, {@code struct blkif_request_indirect}.
 */
@XenStruct(type = "struct blkif_request_indirect", header = "io/blkif.h")
public final class BlkifRequestIndirect {
    private BlkifRequestIndirect() {}

    /** {@code uint8_t}, 1 byte. */
    public static final int OPERATION = 0;

    /** {@code uint8_t}, 1 byte: {@link BlkifOp} that is meant. */
    public static final int INDIRECT_OP = 1;

    /** {@code uint16_t}, 2 bytes. */
    public static final int NR_SEGMENTS = 2;

    /** {@code uint64_t}, 8 bytes. */
    public static final int ID = 8;

    /** {@code uint64_t}, 8 bytes. */
    public static final int SECTOR_NUMBER = 16;

    /** {@code uint16_t}, 2 bytes. */
    public static final int HANDLE = 24;

    /** {@code grant_ref_t [8]}, 32 bytes. */
    public static final int INDIRECT_GREFS = 28;

    /** Number of elements of {@code indirect_grefs}. */
    @XenConstant("ARRAY_LENGTH(struct blkif_request_indirect, indirect_grefs)")
    public static final int INDIRECT_GREFS_LENGTH = 8;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 64;
}
