package dev.vls.xen.abi.xen;

import dev.vls.xen.abi.XenStruct;

/**
 * A bitmap argument of tool hypercalls.
 *
 * <p>Source: {@code public/xen.h}, {@code struct xenctl_bitmap}.
 */
@XenStruct(type = "struct xenctl_bitmap", header = "xen.h")
public final class XenctlBitmap {
    private XenctlBitmap() {}

    /** {@code XEN_GUEST_HANDLE(uint8)}, 8 bytes. */
    public static final int BITMAP = 0;

    /** {@code uint32_t}, 4 bytes: bits in the bitmap. */
    public static final int NR_BITS = 8;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 16;
}
