package dev.vls.xen.abi.domctl;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code XEN_DOMCTL_get_cpu_policy}.
 *
 * <p>Source: {@code public/domctl.h}, {@code struct xen_domctl_cpu_policy}.
 */
@XenStruct(type = "struct xen_domctl_cpu_policy", header = "domctl.h")
public final class XenDomctlCpuPolicy {
    private XenDomctlCpuPolicy() {}

    /** {@code uint32_t}, 4 bytes. */
    public static final int NR_LEAVES = 0;

    /** {@code uint32_t}, 4 bytes. */
    public static final int NR_MSRS = 4;

    /** {@code XEN_GUEST_HANDLE(xen_cpuid_leaf_t)}, 8 bytes. */
    public static final int LEAVES = 8;

    /** {@code XEN_GUEST_HANDLE(xen_msr_entry_t)}, 8 bytes. */
    public static final int MSRS = 16;

    /** {@code uint32_t}, 4 bytes. */
    public static final int ERR_LEAF = 24;

    /** {@code uint32_t}, 4 bytes. */
    public static final int ERR_SUBLEAF = 28;

    /** {@code uint32_t}, 4 bytes. */
    public static final int ERR_MSR = 32;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 40;
}
