package dev.vls.xen.abi.sysctl;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code XEN_SYSCTL_cputopoinfo}.
 *
 * <p>Source: {@code public/sysctl.h}, {@code struct xen_sysctl_cputopoinfo}.
 */
@XenStruct(type = "struct xen_sysctl_cputopoinfo", header = "sysctl.h")
public final class XenSysctlCputopoinfo {
    private XenSysctlCputopoinfo() {}

    /** {@code uint32_t}, 4 bytes. */
    public static final int NUM_CPUS = 0;

    /** {@code XEN_GUEST_HANDLE(xen_sysctl_cputopo_t)}, 8 bytes. */
    public static final int CPUTOPO = 8;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 16;
}
