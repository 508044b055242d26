package dev.vls.xen.abi.grant;

import dev.vls.xen.abi.XenStruct;

/**
 * One request of {@code GNTTABOP_set_version}.
 *
 * <p>Source: {@code public/grant_table.h}, {@code struct gnttab_set_version}.
 */
@XenStruct(type = "struct gnttab_set_version", header = "grant_table.h")
public final class GnttabSetVersion {
    private GnttabSetVersion() {}

    /** {@code uint32_t}, 4 bytes: in: wanted; out: in force. */
    public static final int VERSION = 0;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 4;
}
