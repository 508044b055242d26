package dev.vls.xen.abi.grant;

import dev.vls.xen.abi.XenNumbers;

/**
 * Flags of {@link GnttabMapGrantRef#FLAGS}.
 *
 * <p>Source: {@code public/grant_table.h}, {@code GNTMAP_*}.
 */
@XenNumbers(header = "grant_table.h", prefix = "GNTMAP_")
public final class GrantMapFlag {
    private GrantMapFlag() {}

    public static final int DEVICE_MAP = 0x1;
    public static final int HOST_MAP = 0x2;
    public static final int READONLY = 0x4;
    public static final int APPLICATION_MAP = 0x8;
    public static final int CONTAINS_PTE = 0x10;
    public static final int GUEST_AVAIL_MASK = 0xffff0000;
}
