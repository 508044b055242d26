package dev.vls.xen.abi.memory;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of the operations that ask for a count of pages. Where it has this form, a bare {@code
 * domid_t} is the same.
 *
 * <p>Source: {@code public/memory.h}, {@code struct xen_memory_domain}.
 */
@XenStruct(type = "struct xen_memory_domain", header = "memory.h")
public final class XenMemoryDomain {
    private XenMemoryDomain() {}

    /** {@code domid_t}, 2 bytes. */
    public static final int DOMID = 0;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 2;
}
