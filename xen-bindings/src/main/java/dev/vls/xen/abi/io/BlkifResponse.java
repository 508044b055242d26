package dev.vls.xen.abi.io;

import dev.vls.xen.abi.XenStruct;

/**
 * A block response.
 *
 * <p>Source: {@code public/io/blkif.h}, {@code struct blkif_response}.
 */
@XenStruct(type = "struct blkif_response", header = "io/blkif.h")
public final class BlkifResponse {
    private BlkifResponse() {}

    /** {@code uint64_t}, 8 bytes. */
    public static final int ID = 0;

    /** {@code uint8_t}, 1 byte. */
    public static final int OPERATION = 8;

    /** {@code int16_t}, 2 bytes: {@link BlkifStatus}. */
    public static final int STATUS = 10;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 16;
}
