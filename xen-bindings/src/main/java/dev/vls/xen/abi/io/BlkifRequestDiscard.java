package dev.vls.xen.abi.io;

import dev.vls.xen.abi.XenStruct;

/**
 * A discard request.
 *
 * <p>Source: {@code public/io/blkif.h}, {@code struct blkif_request_discard}.
 */
@XenStruct(type = "struct blkif_request_discard", header = "io/blkif.h")
public final class BlkifRequestDiscard {
    private BlkifRequestDiscard() {}

    /** {@code uint8_t}, 1 byte. */
    public static final int OPERATION = 0;

    /** {@code uint8_t}, 1 byte. */
    public static final int FLAG = 1;

    /** {@code uint16_t}, 2 bytes. */
    public static final int HANDLE = 2;

    /** {@code uint64_t}, 8 bytes. */
    public static final int ID = 8;

    /** {@code uint64_t}, 8 bytes. */
    public static final int SECTOR_NUMBER = 16;

    /** {@code uint64_t}, 8 bytes: sectors of 512 bytes. */
    public static final int NR_SECTORS = 24;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 32;
}
