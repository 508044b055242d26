package dev.vls.xen.abi.physdev;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code PHYSDEVOP_setup_gsi}.
 *
 * <p>Source: {@code public/physdev.h}, {@code struct physdev_setup_gsi}.
 */
@XenStruct(type = "struct physdev_setup_gsi", header = "physdev.h")
public final class PhysdevSetupGsi {
    private PhysdevSetupGsi() {}

    /** {@code int}, 4 bytes. */
    public static final int GSI = 0;

    /** {@code uint8_t}, 1 byte. */
    public static final int TRIGGERING = 4;

    /** {@code uint8_t}, 1 byte. */
    public static final int POLARITY = 5;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 8;
}
