package dev.vls.xen.abi.memory;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code XENMEM_acquire_resource}.
 *
 * <p>Source: {@code public/memory.h}, {@code struct xen_mem_acquire_resource}.
 */
@XenStruct(type = "struct xen_mem_acquire_resource", header = "memory.h")
public final class XenMemAcquireResource {
    private XenMemAcquireResource() {}

    /** {@code domid_t}, 2 bytes. */
    public static final int DOMID = 0;

    /** {@code uint16_t}, 2 bytes. */
    public static final int TYPE = 2;

    /** {@code uint32_t}, 4 bytes. */
    public static final int ID = 4;

    /** {@code uint32_t}, 4 bytes. */
    public static final int NR_FRAMES = 8;

    /** {@code uint64_t}, 8 bytes. */
    public static final int FRAME = 16;

    /** {@code XEN_GUEST_HANDLE(xen_pfn_t)}, 8 bytes. */
    public static final int FRAME_LIST = 24;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 32;
}
