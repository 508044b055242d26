package dev.vls.xen.abi.memory;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code XENMEM_machphys_mapping}.
 *
 * <p>Source: {@code public/memory.h}, {@code struct xen_machphys_mapping}.
 */
@XenStruct(type = "struct xen_machphys_mapping", header = "memory.h")
public final class XenMachphysMapping {
    private XenMachphysMapping() {}

    /** {@code xen_ulong_t}, 8 bytes: first linear address of the m2p. */
    public static final int V_START = 0;

    /** {@code xen_ulong_t}, 8 bytes: first linear address above it. */
    public static final int V_END = 8;

    /** {@code xen_ulong_t}, 8 bytes: highest MFN, inclusive. */
    public static final int MAX_MFN = 16;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 24;
}
