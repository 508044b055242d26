package dev.vls.xen.abi.memory;

import dev.vls.xen.abi.XenNumbers;

/**
 * Bits of {@link XenMemoryReservation#MEM_FLAGS} above the address width (bits 0 to 7) and the node
 * (bits 8 to 15).
 *
 * <p>Source: {@code public/memory.h}, {@code XENMEMF_*}.
 */
@XenNumbers(header = "memory.h", prefix = "XENMEMF_")
public final class MemoryFlag {
    private MemoryFlag() {}

    public static final int POPULATE_ON_DEMAND = 0x10000;
    public static final int EXACT_NODE_REQUEST = 0x20000;
    public static final int VNODE = 0x40000;
}
