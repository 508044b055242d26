package dev.vls.xen.abi.physdev;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code PHYSDEVOP_get_free_pirq}.
 *
 * <p>Source: {@code public/physdev.h}, {@code struct physdev_get_free_pirq}.
 */
@XenStruct(type = "struct physdev_get_free_pirq", header = "physdev.h")
public final class PhysdevGetFreePirq {
    private PhysdevGetFreePirq() {}

    /** {@code int}, 4 bytes. */
    public static final int TYPE = 0;

    /** {@code uint32_t}, 4 bytes. */
    public static final int PIRQ = 4;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 8;
}
