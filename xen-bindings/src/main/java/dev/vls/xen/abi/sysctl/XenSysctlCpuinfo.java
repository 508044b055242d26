package dev.vls.xen.abi.sysctl;

import dev.vls.xen.abi.XenStruct;

/**
 * Time that a CPU was idle.
 *
 * <p>Source: {@code public/sysctl.h}, {@code struct xen_sysctl_cpuinfo}.
 */
@XenStruct(type = "struct xen_sysctl_cpuinfo", header = "sysctl.h")
public final class XenSysctlCpuinfo {
    private XenSysctlCpuinfo() {}

    /** {@code uint64_t}, 8 bytes: nanoseconds. */
    public static final int IDLETIME = 0;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 8;
}
