package dev.vls.xen.abi.memory;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of the operations that change or populate a reservation.
 *
 * <p>Source: {@code public/memory.h}, {@code struct xen_memory_reservation}.
 */
@XenStruct(type = "struct xen_memory_reservation", header = "memory.h")
public final class XenMemoryReservation {
    private XenMemoryReservation() {}

    /** {@code XEN_GUEST_HANDLE(xen_pfn_t)}, 8 bytes: guest virtual address of PFNs or MFNs. */
    public static final int EXTENT_START = 0;

    /** {@code xen_ulong_t}, 8 bytes: extents. */
    public static final int NR_EXTENTS = 8;

    /** {@code unsigned int}, 4 bytes: log2 of the pages of an extent. */
    public static final int EXTENT_ORDER = 16;

    /** {@code unsigned int}, 4 bytes: {@link MemoryFlag}. */
    public static final int MEM_FLAGS = 20;

    /** {@code domid_t}, 2 bytes: the domain, or {@code DOMID_SELF}. */
    public static final int DOMID = 24;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 32;
}
