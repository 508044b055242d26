package dev.vls.xen.abi.grant;

import dev.vls.xen.abi.XenStruct;

/**
 * A version 1 grant entry.
 *
 * <p>Source: {@code public/grant_table.h}, {@code struct grant_entry_v1}.
 */
@XenStruct(type = "struct grant_entry_v1", header = "grant_table.h")
public final class GrantEntryV1 {
    private GrantEntryV1() {}

    /** {@code uint16_t}, 2 bytes: {@link GrantFlag}. */
    public static final int FLAGS = 0;

    /** {@code domid_t}, 2 bytes: the domain that may use it. */
    public static final int DOMID = 2;

    /** {@code uint32_t}, 4 bytes: GFN of the page; an MFN for a PV guest. */
    public static final int FRAME = 4;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 8;
}
