package dev.vls.xen.abi.physdev;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code PHYSDEVOP_set_iobitmap}.
 *
 * <p>Source: {@code public/physdev.h}, {@code struct physdev_set_iobitmap}.
 */
@XenStruct(type = "struct physdev_set_iobitmap", header = "physdev.h")
public final class PhysdevSetIobitmap {
    private PhysdevSetIobitmap() {}

    /** {@code XEN_GUEST_HANDLE(uint8)}, 8 bytes. */
    public static final int BITMAP = 0;

    /** {@code uint32_t}, 4 bytes. */
    public static final int NR_PORTS = 8;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 16;
}
