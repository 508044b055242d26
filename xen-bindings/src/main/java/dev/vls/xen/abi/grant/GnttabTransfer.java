package dev.vls.xen.abi.grant;

import dev.vls.xen.abi.XenStruct;

/**
 * One request of {@code GNTTABOP_transfer}.
 *
 * <p>Source: {@code public/grant_table.h}, {@code struct gnttab_transfer}.
 */
@XenStruct(type = "struct gnttab_transfer", header = "grant_table.h")
public final class GnttabTransfer {
    private GnttabTransfer() {}

    /** {@code xen_pfn_t}, 8 bytes. */
    public static final int MFN = 0;

    /** {@code domid_t}, 2 bytes. */
    public static final int DOMID = 8;

    /** {@code grant_ref_t}, 4 bytes. */
    public static final int REF = 12;

    /** {@code int16_t}, 2 bytes. */
    public static final int STATUS = 16;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 24;
}
