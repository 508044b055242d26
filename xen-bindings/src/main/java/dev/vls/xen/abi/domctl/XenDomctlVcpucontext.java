package dev.vls.xen.abi.domctl;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code XEN_DOMCTL_getvcpucontext} and {@code XEN_DOMCTL_setvcpucontext}.
 *
 * <p>Source: {@code public/domctl.h}, {@code struct xen_domctl_vcpucontext}.
 */
@XenStruct(type = "struct xen_domctl_vcpucontext", header = "domctl.h")
public final class XenDomctlVcpucontext {
    private XenDomctlVcpucontext() {}

    /** {@code uint32_t}, 4 bytes. */
    public static final int VCPU = 0;

    /**
     * {@code XEN_GUEST_HANDLE(vcpu_guest_context_t)}, 8 bytes: user address of a {@code struct
     * vcpu_guest_context}.
     */
    public static final int CTXT = 8;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 16;
}
