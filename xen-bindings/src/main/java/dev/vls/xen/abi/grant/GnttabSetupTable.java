package dev.vls.xen.abi.grant;

import dev.vls.xen.abi.XenStruct;

/**
 * One request of {@code GNTTABOP_setup_table}.
 *
 * <p>Source: {@code public/grant_table.h}, {@code struct gnttab_setup_table}.
 */
@XenStruct(type = "struct gnttab_setup_table", header = "grant_table.h")
public final class GnttabSetupTable {
    private GnttabSetupTable() {}

    /** {@code domid_t}, 2 bytes. */
    public static final int DOM = 0;

    /** {@code uint32_t}, 4 bytes. */
    public static final int NR_FRAMES = 4;

    /** {@code int16_t}, 2 bytes: {@link GrantStatus}. */
    public static final int STATUS = 8;

    /** {@code XEN_GUEST_HANDLE(xen_pfn_t)}, 8 bytes: guest virtual address of the list to fill. */
    public static final int FRAME_LIST = 16;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 24;
}
