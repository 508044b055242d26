package dev.vls.xen.abi.memory;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code XENMEM_exchange}.
 *
 * <p>Source: {@code public/memory.h}, {@code struct xen_memory_exchange}.
 */
@XenStruct(type = "struct xen_memory_exchange", header = "memory.h")
public final class XenMemoryExchange {
    private XenMemoryExchange() {}

    /** {@code struct xen_memory_reservation}, 32 bytes: pages given. */
    public static final int IN = 0;

    /** {@code struct xen_memory_reservation}, 32 bytes: pages wanted. */
    public static final int OUT = 32;

    /** {@code xen_ulong_t}, 8 bytes: out: extents of {@code in} done. */
    public static final int NR_EXCHANGED = 64;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 72;
}
