package dev.vls.xen.abi.grant;

import dev.vls.xen.abi.XenStruct;

/**
 * One request of {@code GNTTABOP_unmap_grant_ref}.
 *
 * <p>Source: {@code public/grant_table.h}, {@code struct gnttab_unmap_grant_ref}.
 */
@XenStruct(type = "struct gnttab_unmap_grant_ref", header = "grant_table.h")
public final class GnttabUnmapGrantRef {
    private GnttabUnmapGrantRef() {}

    /** {@code uint64_t}, 8 bytes. */
    public static final int HOST_ADDR = 0;

    /** {@code uint64_t}, 8 bytes. */
    public static final int DEV_BUS_ADDR = 8;

    /** {@code grant_handle_t}, 4 bytes. */
    public static final int HANDLE = 16;

    /** {@code int16_t}, 2 bytes: {@link GrantStatus}. */
    public static final int STATUS = 20;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 24;
}
