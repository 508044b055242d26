package dev.vls.xen.abi.memory;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code XENMEM_remove_from_physmap}.
 *
 * <p>Source: {@code public/memory.h}, {@code struct xen_remove_from_physmap}.
 */
@XenStruct(type = "struct xen_remove_from_physmap", header = "memory.h")
public final class XenRemoveFromPhysmap {
    private XenRemoveFromPhysmap() {}

    /** {@code domid_t}, 2 bytes. */
    public static final int DOMID = 0;

    /** {@code xen_pfn_t}, 8 bytes. */
    public static final int GPFN = 8;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 16;
}
