package dev.vls.xen.abi.sysctl;

import dev.vls.xen.abi.XenNumbers;

/**
 * Policies of {@link XenSysctlCpuPolicy#INDEX}.
 *
 * <p>Source: {@code public/sysctl.h}, {@code XEN_SYSCTL_cpu_policy_*}.
 */
@XenNumbers(header = "sysctl.h", prefix = "XEN_SYSCTL_cpu_policy_")
public final class CpuPolicyIndex {
    private CpuPolicyIndex() {}

    public static final int RAW = 0;
    public static final int HOST = 1;
    public static final int PV_MAX = 2;
    public static final int HVM_MAX = 3;
    public static final int PV_DEFAULT = 4;
    public static final int HVM_DEFAULT = 5;
}
