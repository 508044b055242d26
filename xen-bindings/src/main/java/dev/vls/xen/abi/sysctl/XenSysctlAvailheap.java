package dev.vls.xen.abi.sysctl;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code XEN_SYSCTL_availheap}.
 *
 * <p>Source: {@code public/sysctl.h}, {@code struct xen_sysctl_availheap}.
 */
@XenStruct(type = "struct xen_sysctl_availheap", header = "sysctl.h")
public final class XenSysctlAvailheap {
    private XenSysctlAvailheap() {}

    /** {@code uint32_t}, 4 bytes. */
    public static final int MIN_BITWIDTH = 0;

    /** {@code uint32_t}, 4 bytes. */
    public static final int MAX_BITWIDTH = 4;

    /** {@code int32_t}, 4 bytes. */
    public static final int NODE = 8;

    /** {@code uint64_t}, 8 bytes. */
    public static final int AVAIL_BYTES = 16;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 24;
}
