package dev.vls.xen.abi.physdev;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code PHYSDEVOP_map_pirq}.
 *
 * <p>Source: {@code public/physdev.h}, {@code struct physdev_map_pirq}.
 */
@XenStruct(type = "struct physdev_map_pirq", header = "physdev.h")
public final class PhysdevMapPirq {
    private PhysdevMapPirq() {}

    /** {@code domid_t}, 2 bytes. */
    public static final int DOMID = 0;

    /** {@code int}, 4 bytes: {@link MapPirqType}. */
    public static final int TYPE = 4;

    /** {@code int}, 4 bytes. */
    public static final int INDEX = 8;

    /** {@code int}, 4 bytes. */
    public static final int PIRQ = 12;

    /** {@code int}, 4 bytes. */
    public static final int BUS = 16;

    /** {@code int}, 4 bytes. */
    public static final int DEVFN = 20;

    /** {@code int}, 4 bytes. */
    public static final int ENTRY_NR = 24;

    /** {@code uint64_t}, 8 bytes. */
    public static final int TABLE_BASE = 32;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 40;
}
