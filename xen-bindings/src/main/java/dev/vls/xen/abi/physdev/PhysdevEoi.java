package dev.vls.xen.abi.physdev;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code PHYSDEVOP_eoi}.
 *
 * <p>Source: {@code public/physdev.h}, {@code struct physdev_eoi}.
 */
@XenStruct(type = "struct physdev_eoi", header = "physdev.h")
public final class PhysdevEoi {
    private PhysdevEoi() {}

    /** {@code uint32_t}, 4 bytes. */
    public static final int IRQ = 0;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 4;
}
