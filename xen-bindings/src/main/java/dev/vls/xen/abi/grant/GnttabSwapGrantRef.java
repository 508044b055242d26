package dev.vls.xen.abi.grant;

import dev.vls.xen.abi.XenStruct;

/**
 * One request of {@code GNTTABOP_swap_grant_ref}.
 *
 * <p>Source: {@code public/grant_table.h}, {@code struct gnttab_swap_grant_ref}.
 */
@XenStruct(type = "struct gnttab_swap_grant_ref", header = "grant_table.h")
public final class GnttabSwapGrantRef {
    private GnttabSwapGrantRef() {}

    /** {@code grant_ref_t}, 4 bytes. */
    public static final int REF_A = 0;

    /** {@code grant_ref_t}, 4 bytes. */
    public static final int REF_B = 4;

    /** {@code int16_t}, 2 bytes. */
    public static final int STATUS = 8;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 12;
}
