package dev.vls.xen.abi.memory;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code XENMEM_memory_map} and {@code XENMEM_machine_memory_map}.
 *
 * <p>Source: {@code public/memory.h}, {@code struct xen_memory_map}.
 */
@XenStruct(type = "struct xen_memory_map", header = "memory.h")
public final class XenMemoryMap {
    private XenMemoryMap() {}

    /** {@code unsigned int}, 4 bytes: in: room; out: entries. */
    public static final int NR_ENTRIES = 0;

    /** {@code XEN_GUEST_HANDLE(void)}, 8 bytes: guest virtual address of packed E820 entries. */
    public static final int BUFFER = 8;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 16;
}
