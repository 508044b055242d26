package dev.vls.xen.abi.physdev;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code PHYSDEVOP_set_iopl}.
 *
 * <p>Source: {@code public/physdev.h}, {@code struct physdev_set_iopl}.
 */
@XenStruct(type = "struct physdev_set_iopl", header = "physdev.h")
public final class PhysdevSetIopl {
    private PhysdevSetIopl() {}

    /** {@code uint32_t}, 4 bytes. */
    public static final int IOPL = 0;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 4;
}
