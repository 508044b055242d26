package dev.vls.xen.abi.sysctl;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code XEN_SYSCTL_numainfo}.
 *
 * <p>Source: {@code public/sysctl.h}, {@code struct xen_sysctl_numainfo}.
 */
@XenStruct(type = "struct xen_sysctl_numainfo", header = "sysctl.h")
public final class XenSysctlNumainfo {
    private XenSysctlNumainfo() {}

    /** {@code uint32_t}, 4 bytes. */
    public static final int NUM_NODES = 0;

    /** {@code XEN_GUEST_HANDLE(xen_sysctl_meminfo_t)}, 8 bytes. */
    public static final int MEMINFO = 8;

    /** {@code XEN_GUEST_HANDLE(uint32)}, 8 bytes. */
    public static final int DISTANCE = 16;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 24;
}
