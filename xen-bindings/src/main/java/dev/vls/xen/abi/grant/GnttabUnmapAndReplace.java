package dev.vls.xen.abi.grant;

import dev.vls.xen.abi.XenStruct;

/**
 * One request of {@code GNTTABOP_unmap_and_replace}.
 *
 * <p>Source: {@code public/grant_table.h}, {@code struct gnttab_unmap_and_replace}.
 */
@XenStruct(type = "struct gnttab_unmap_and_replace", header = "grant_table.h")
public final class GnttabUnmapAndReplace {
    private GnttabUnmapAndReplace() {}

    /** {@code uint64_t}, 8 bytes. */
    public static final int HOST_ADDR = 0;

    /** {@code uint64_t}, 8 bytes. */
    public static final int NEW_ADDR = 8;

    /** {@code grant_handle_t}, 4 bytes. */
    public static final int HANDLE = 16;

    /** {@code int16_t}, 2 bytes. */
    public static final int STATUS = 20;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 24;
}
