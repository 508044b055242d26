package dev.vls.xen.abi.memory;

import dev.vls.xen.abi.XenStruct;

/**
 * A range of memory in a virtual NUMA node.
 *
 * <p>Source: {@code public/memory.h}, {@code struct xen_vmemrange}.
 */
@XenStruct(type = "struct xen_vmemrange", header = "memory.h")
public final class XenVmemrange {
    private XenVmemrange() {}

    /** {@code uint64_t}, 8 bytes. */
    public static final int START = 0;

    /** {@code uint64_t}, 8 bytes. */
    public static final int END = 8;

    /** {@code unsigned int}, 4 bytes. */
    public static final int FLAGS = 16;

    /** {@code unsigned int}, 4 bytes. */
    public static final int NID = 20;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 24;
}
