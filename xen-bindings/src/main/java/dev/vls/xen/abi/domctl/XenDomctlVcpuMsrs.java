package dev.vls.xen.abi.domctl;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code XEN_DOMCTL_get_vcpu_msrs}.
 *
 * <p>Source: {@code public/domctl.h}, {@code struct xen_domctl_vcpu_msrs}.
 */
@XenStruct(type = "struct xen_domctl_vcpu_msrs", header = "domctl.h")
public final class XenDomctlVcpuMsrs {
    private XenDomctlVcpuMsrs() {}

    /** {@code uint32_t}, 4 bytes. */
    public static final int VCPU = 0;

    /** {@code uint32_t}, 4 bytes. */
    public static final int MSR_COUNT = 4;

    /** {@code XEN_GUEST_HANDLE(xen_domctl_vcpu_msr_t)}, 8 bytes. */
    public static final int MSRS = 8;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 16;
}
