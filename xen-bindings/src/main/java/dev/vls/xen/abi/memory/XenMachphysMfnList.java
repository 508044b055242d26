package dev.vls.xen.abi.memory;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code XENMEM_machphys_mfn_list}.
 *
 * <p>Source: {@code public/memory.h}, {@code struct xen_machphys_mfn_list}.
 */
@XenStruct(type = "struct xen_machphys_mfn_list", header = "memory.h")
public final class XenMachphysMfnList {
    private XenMachphysMfnList() {}

    /** {@code unsigned int}, 4 bytes. */
    public static final int MAX_EXTENTS = 0;

    /** {@code XEN_GUEST_HANDLE(xen_pfn_t)}, 8 bytes. */
    public static final int EXTENT_START = 8;

    /** {@code unsigned int}, 4 bytes. */
    public static final int NR_EXTENTS = 16;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 24;
}
