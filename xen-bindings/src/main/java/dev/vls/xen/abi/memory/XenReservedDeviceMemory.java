package dev.vls.xen.abi.memory;

import dev.vls.xen.abi.XenStruct;

/**
 * A reserved range.
 *
 * <p>Source: {@code public/memory.h}, {@code struct xen_reserved_device_memory}.
 */
@XenStruct(type = "struct xen_reserved_device_memory", header = "memory.h")
public final class XenReservedDeviceMemory {
    private XenReservedDeviceMemory() {}

    /** {@code xen_pfn_t}, 8 bytes. */
    public static final int START_PFN = 0;

    /** {@code xen_ulong_t}, 8 bytes. */
    public static final int NR_PAGES = 8;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 16;
}
