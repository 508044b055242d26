package dev.vls.xen.abi.sysctl;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code XEN_SYSCTL_getcpuinfo}.
 *
 * <p>Source: {@code public/sysctl.h}, {@code struct xen_sysctl_getcpuinfo}.
 */
@XenStruct(type = "struct xen_sysctl_getcpuinfo", header = "sysctl.h")
public final class XenSysctlGetcpuinfo {
    private XenSysctlGetcpuinfo() {}

    /** {@code uint32_t}, 4 bytes. */
    public static final int MAX_CPUS = 0;

    /** {@code XEN_GUEST_HANDLE(xen_sysctl_cpuinfo_t)}, 8 bytes. */
    public static final int INFO = 8;

    /** {@code uint32_t}, 4 bytes. */
    public static final int NR_CPUS = 16;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 24;
}
