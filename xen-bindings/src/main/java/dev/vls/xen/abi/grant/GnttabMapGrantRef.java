package dev.vls.xen.abi.grant;

import dev.vls.xen.abi.XenStruct;

/**
 * One request of {@code GNTTABOP_map_grant_ref}.
 *
 * <p>Source: {@code public/grant_table.h}, {@code struct gnttab_map_grant_ref}.
 */
@XenStruct(type = "struct gnttab_map_grant_ref", header = "grant_table.h")
public final class GnttabMapGrantRef {
    private GnttabMapGrantRef() {}

    /**
     * {@code uint64_t}, 8 bytes: guest virtual address, or machine byte address of a PTE under
     * {@code GNTMAP_contains_pte}.
     */
    public static final int HOST_ADDR = 0;

    /** {@code uint32_t}, 4 bytes: {@link GrantMapFlag}. */
    public static final int FLAGS = 8;

    /** {@code grant_ref_t}, 4 bytes. */
    public static final int REF = 12;

    /** {@code domid_t}, 2 bytes. */
    public static final int DOM = 16;

    /** {@code int16_t}, 2 bytes: {@link GrantStatus}. */
    public static final int STATUS = 18;

    /** {@code grant_handle_t}, 4 bytes. */
    public static final int HANDLE = 20;

    /** {@code uint64_t}, 8 bytes. */
    public static final int DEV_BUS_ADDR = 24;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 32;
}
