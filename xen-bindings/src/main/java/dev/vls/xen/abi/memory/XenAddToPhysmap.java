package dev.vls.xen.abi.memory;

import dev.vls.xen.abi.XenConstant;
import dev.vls.xen.abi.XenMember;
import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code XENMEM_add_to_physmap}.
 *
 * <p>Source: {@code public/memory.h}, {@code struct xen_add_to_physmap}.
 */
@XenStruct(type = "struct xen_add_to_physmap", header = "memory.h")
public final class XenAddToPhysmap {
    private XenAddToPhysmap() {}

    /** {@code domid_t}, 2 bytes. */
    public static final int DOMID = 0;

    /** {@code uint16_t}, 2 bytes. */
    @XenMember("size")
    public static final int SIZE_FIELD = 2;

    /** {@code unsigned int}, 4 bytes: {@link MapSpace}. */
    public static final int SPACE = 4;

    /** {@code xen_ulong_t}, 8 bytes. */
    public static final int IDX = 8;

    /** {@code xen_pfn_t}, 8 bytes. */
    public static final int GPFN = 16;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 24;

    /** In {@link #IDX} of a grant-table frame: the status frames are meant. */
    @XenConstant("XENMAPIDX_grant_table_status")
    public static final long IDX_GRANT_TABLE_STATUS = 0x80000000L;
}
