package dev.vls.xen.abi.sysctl;

import dev.vls.xen.abi.XenStruct;

/**
 * Memory of a NUMA node.
 *
 * <p>Source: {@code public/sysctl.h}, {@code struct xen_sysctl_meminfo}.
 */
@XenStruct(type = "struct xen_sysctl_meminfo", header = "sysctl.h")
public final class XenSysctlMeminfo {
    private XenSysctlMeminfo() {}

    /** {@code uint64_t}, 8 bytes. */
    public static final int MEMSIZE = 0;

    /** {@code uint64_t}, 8 bytes. */
    public static final int MEMFREE = 8;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 16;
}
