package dev.vls.xen.abi.grant;

import dev.vls.xen.abi.XenStruct;

/**
 * One request of {@code GNTTABOP_copy}.
 *
 * <p>Source: {@code public/grant_table.h}, {@code struct gnttab_copy}.
 */
@XenStruct(type = "struct gnttab_copy", header = "grant_table.h")
public final class GnttabCopy {
    private GnttabCopy() {}

    /** {@code struct gnttab_copy_ptr}, 16 bytes: {@link GnttabCopyPtr}. */
    public static final int SOURCE = 0;

    /** {@code struct gnttab_copy_ptr}, 16 bytes: {@link GnttabCopyPtr}. */
    public static final int DEST = 16;

    /** {@code uint16_t}, 2 bytes: bytes. */
    public static final int LEN = 32;

    /** {@code uint16_t}, 2 bytes: {@link GrantCopyFlag}. */
    public static final int FLAGS = 34;

    /** {@code int16_t}, 2 bytes: {@link GrantStatus}. */
    public static final int STATUS = 36;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 40;
}
