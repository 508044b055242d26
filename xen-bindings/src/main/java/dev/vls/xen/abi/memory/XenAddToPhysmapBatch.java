package dev.vls.xen.abi.memory;

import dev.vls.xen.abi.XenMember;
import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code XENMEM_add_to_physmap_batch}.
 *
 * <p>Source: {@code public/memory.h}, {@code struct xen_add_to_physmap_batch}.
 */
@XenStruct(type = "struct xen_add_to_physmap_batch", header = "memory.h")
public final class XenAddToPhysmapBatch {
    private XenAddToPhysmapBatch() {}

    /** {@code domid_t}, 2 bytes. */
    public static final int DOMID = 0;

    /** {@code uint16_t}, 2 bytes. */
    public static final int SPACE = 2;

    /** {@code uint16_t}, 2 bytes. */
    @XenMember("size")
    public static final int SIZE_FIELD = 4;

    /** {@code union xen_add_to_physmap_batch_extra}, 2 bytes. */
    public static final int U = 6;

    /** {@code XEN_GUEST_HANDLE(xen_ulong_t)}, 8 bytes. */
    public static final int IDXS = 8;

    /** {@code XEN_GUEST_HANDLE(xen_pfn_t)}, 8 bytes. */
    public static final int GPFNS = 16;

    /** {@code XEN_GUEST_HANDLE(int)}, 8 bytes. */
    public static final int ERRS = 24;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 32;
}
