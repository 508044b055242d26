package dev.vls.xen.abi.domctl;

import dev.vls.xen.abi.XenStruct;

/**
 * One MSR of {@code XEN_DOMCTL_get_vcpu_msrs}.
 *
 * <p>Source: {@code public/domctl.h}, {@code struct xen_domctl_vcpu_msr}.
 */
@XenStruct(type = "struct xen_domctl_vcpu_msr", header = "domctl.h")
public final class XenDomctlVcpuMsr {
    private XenDomctlVcpuMsr() {}

    /** {@code uint32_t}, 4 bytes. */
    public static final int INDEX = 0;

    /** {@code uint32_t}, 4 bytes. */
    public static final int RESERVED = 4;

    /** {@code uint64_t}, 8 bytes. */
    public static final int VALUE = 8;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 16;
}
