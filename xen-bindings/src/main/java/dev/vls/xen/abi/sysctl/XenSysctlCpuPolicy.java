package dev.vls.xen.abi.sysctl;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code XEN_SYSCTL_get_cpu_policy}.
 *
 * <p>Source: {@code public/sysctl.h}, {@code struct xen_sysctl_cpu_policy}.
 */
@XenStruct(type = "struct xen_sysctl_cpu_policy", header = "sysctl.h")
public final class XenSysctlCpuPolicy {
    private XenSysctlCpuPolicy() {}

    /** {@code uint32_t}, 4 bytes: {@link CpuPolicyIndex}. */
    public static final int INDEX = 0;

    /** {@code uint32_t}, 4 bytes. */
    public static final int NR_LEAVES = 4;

    /** {@code uint32_t}, 4 bytes. */
    public static final int NR_MSRS = 8;

    /** {@code XEN_GUEST_HANDLE(xen_cpuid_leaf_t)}, 8 bytes. */
    public static final int LEAVES = 16;

    /** {@code XEN_GUEST_HANDLE(xen_msr_entry_t)}, 8 bytes. */
    public static final int MSRS = 24;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 32;
}
