package dev.vls.xen.abi.memory;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code XENMEM_set_memory_map}.
 *
 * <p>Source: {@code public/memory.h}, {@code struct xen_foreign_memory_map}.
 */
@XenStruct(type = "struct xen_foreign_memory_map", header = "memory.h")
public final class XenForeignMemoryMap {
    private XenForeignMemoryMap() {}

    /** {@code domid_t}, 2 bytes. */
    public static final int DOMID = 0;

    /** {@code struct xen_memory_map}, 16 bytes. */
    public static final int MAP = 8;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 24;
}
