package dev.vls.xen.abi.io;

import dev.vls.xen.abi.XenNumbers;

/**
 * Limits of block requests and the flag of a discard.
 *
 * <p>Source: {@code public/io/blkif.h}, {@code BLKIF_*}.
 */
@XenNumbers(header = "io/blkif.h", prefix = "BLKIF_", lowerCase = false)
public final class BlkifLimits {
    private BlkifLimits() {}

    public static final int MAX_SEGMENTS_PER_REQUEST = 11;
    public static final int MAX_INDIRECT_PAGES_PER_REQUEST = 8;
    public static final int DISCARD_SECURE = 1;
}
