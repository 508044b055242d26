package dev.vls.xen.abi.grant;

import dev.vls.xen.abi.XenStruct;

/**
 * One request of {@code GNTTABOP_query_size}.
 *
 * <p>Source: {@code public/grant_table.h}, {@code struct gnttab_query_size}.
 */
@XenStruct(type = "struct gnttab_query_size", header = "grant_table.h")
public final class GnttabQuerySize {
    private GnttabQuerySize() {}

    /** {@code domid_t}, 2 bytes. */
    public static final int DOM = 0;

    /** {@code uint32_t}, 4 bytes. */
    public static final int NR_FRAMES = 4;

    /** {@code uint32_t}, 4 bytes. */
    public static final int MAX_NR_FRAMES = 8;

    /** {@code int16_t}, 2 bytes. */
    public static final int STATUS = 12;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 16;
}
