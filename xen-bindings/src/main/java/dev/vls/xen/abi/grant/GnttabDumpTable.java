package dev.vls.xen.abi.grant;

import dev.vls.xen.abi.XenStruct;

/**
 * One request of {@code GNTTABOP_dump_table}.
 *
 * <p>Source: {@code public/grant_table.h}, {@code struct gnttab_dump_table}.
 */
@XenStruct(type = "struct gnttab_dump_table", header = "grant_table.h")
public final class GnttabDumpTable {
    private GnttabDumpTable() {}

    /** {@code domid_t}, 2 bytes. */
    public static final int DOM = 0;

    /** {@code int16_t}, 2 bytes. */
    public static final int STATUS = 2;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 4;
}
