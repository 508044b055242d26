package dev.vls.xen.abi.grant;

import dev.vls.xen.abi.XenNumbers;

/**
 * Grant references that the domain builder fills in.
 *
 * <p>Source: {@code public/grant_table.h}, {@code GNTTAB_*}.
 */
@XenNumbers(header = "grant_table.h", prefix = "GNTTAB_", lowerCase = false)
public final class ReservedGrant {
    private ReservedGrant() {}

    public static final int NR_RESERVED_ENTRIES = 8;
    public static final int RESERVED_CONSOLE = 0;
    public static final int RESERVED_XENSTORE = 1;
}
