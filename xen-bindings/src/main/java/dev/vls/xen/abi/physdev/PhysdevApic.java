package dev.vls.xen.abi.physdev;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code PHYSDEVOP_apic_read} and {@code PHYSDEVOP_apic_write}.
 *
 * <p>Source: {@code public/physdev.h}, {@code struct physdev_apic}.
 */
@XenStruct(type = "struct physdev_apic", header = "physdev.h")
public final class PhysdevApic {
    private PhysdevApic() {}

    /** {@code unsigned long}, 8 bytes. */
    public static final int APIC_PHYSBASE = 0;

    /** {@code uint32_t}, 4 bytes. */
    public static final int REG = 8;

    /** {@code uint32_t}, 4 bytes. */
    public static final int VALUE = 12;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 16;
}
