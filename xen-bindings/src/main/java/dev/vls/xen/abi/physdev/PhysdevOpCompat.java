package dev.vls.xen.abi.physdev;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code physdev_op_compat}: a command and the union of its arguments.
 *
 * <p>Source: {@code public/physdev.h}, {@code struct physdev_op}.
 */
@XenStruct(type = "struct physdev_op", header = "physdev.h")
public final class PhysdevOpCompat {
    private PhysdevOpCompat() {}

    /** {@code uint32_t}, 4 bytes. */
    public static final int CMD = 0;

    /** {@code union}, 16 bytes: the arguments. */
    public static final int U = 8;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 24;
}
