package dev.vls.xen.abi.domctl;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code XEN_DOMCTL_max_vcpus}.
 *
 * <p>Source: {@code public/domctl.h}, {@code struct xen_domctl_max_vcpus}.
 */
@XenStruct(type = "struct xen_domctl_max_vcpus", header = "domctl.h")
public final class XenDomctlMaxVcpus {
    private XenDomctlMaxVcpus() {}

    /** {@code uint32_t}, 4 bytes. */
    public static final int MAX = 0;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 4;
}
