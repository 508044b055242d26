package dev.vls.xen.abi.grant;

import dev.vls.xen.abi.XenStruct;

/**
 * One request of {@code GNTTABOP_get_version}.
 *
 * <p>Source: {@code public/grant_table.h}, {@code struct gnttab_get_version}.
 */
@XenStruct(type = "struct gnttab_get_version", header = "grant_table.h")
public final class GnttabGetVersion {
    private GnttabGetVersion() {}

    /** {@code domid_t}, 2 bytes. */
    public static final int DOM = 0;

    /** {@code uint32_t}, 4 bytes. */
    public static final int VERSION = 4;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 8;
}
