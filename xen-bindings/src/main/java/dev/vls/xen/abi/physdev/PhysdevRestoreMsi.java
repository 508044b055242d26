package dev.vls.xen.abi.physdev;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code PHYSDEVOP_restore_msi}.
 *
 * <p>Source: {@code public/physdev.h}, {@code struct physdev_restore_msi}.
 */
@XenStruct(type = "struct physdev_restore_msi", header = "physdev.h")
public final class PhysdevRestoreMsi {
    private PhysdevRestoreMsi() {}

    /** {@code uint8_t}, 1 byte. */
    public static final int BUS = 0;

    /** {@code uint8_t}, 1 byte. */
    public static final int DEVFN = 1;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 2;
}
