package dev.vls.xen.abi.physdev;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code PHYSDEVOP_alloc_irq_vector}.
 *
 * <p>Source: {@code public/physdev.h}, {@code struct physdev_irq}.
 */
@XenStruct(type = "struct physdev_irq", header = "physdev.h")
public final class PhysdevIrq {
    private PhysdevIrq() {}

    /** {@code uint32_t}, 4 bytes. */
    public static final int IRQ = 0;

    /** {@code uint32_t}, 4 bytes. */
    public static final int VECTOR = 4;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 8;
}
