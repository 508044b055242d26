package dev.vls.xen.abi.physdev;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code PHYSDEVOP_irq_status_query}.
 *
 * <p>Source: {@code public/physdev.h}, {@code struct physdev_irq_status_query}.
 */
@XenStruct(type = "struct physdev_irq_status_query", header = "physdev.h")
public final class PhysdevIrqStatusQuery {
    private PhysdevIrqStatusQuery() {}

    /** {@code uint32_t}, 4 bytes. */
    public static final int IRQ = 0;

    /** {@code uint32_t}, 4 bytes: out: {@link IrqStatusFlag}. */
    public static final int FLAGS = 4;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 8;
}
