package dev.vls.xen.abi.memory;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of the populate-on-demand operations.
 *
 * <p>Source: {@code public/memory.h}, {@code struct xen_pod_target}.
 */
@XenStruct(type = "struct xen_pod_target", header = "memory.h")
public final class XenPodTarget {
    private XenPodTarget() {}

    /** {@code uint64_t}, 8 bytes. */
    public static final int TARGET_PAGES = 0;

    /** {@code uint64_t}, 8 bytes. */
    public static final int TOT_PAGES = 8;

    /** {@code uint64_t}, 8 bytes. */
    public static final int POD_CACHE_PAGES = 16;

    /** {@code uint64_t}, 8 bytes. */
    public static final int POD_ENTRIES = 24;

    /** {@code domid_t}, 2 bytes. */
    public static final int DOMID = 32;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 40;
}
