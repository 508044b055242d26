package dev.vls.xen.abi.physdev;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code PHYSDEVOP_unmap_pirq}.
 *
 * <p>Source: {@code public/physdev.h}, {@code struct physdev_unmap_pirq}.
 */
@XenStruct(type = "struct physdev_unmap_pirq", header = "physdev.h")
public final class PhysdevUnmapPirq {
    private PhysdevUnmapPirq() {}

    /** {@code domid_t}, 2 bytes. */
    public static final int DOMID = 0;

    /** {@code int}, 4 bytes. */
    public static final int PIRQ = 4;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 8;
}
