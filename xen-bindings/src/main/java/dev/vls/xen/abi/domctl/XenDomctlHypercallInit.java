package dev.vls.xen.abi.domctl;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code XEN_DOMCTL_hypercall_init}.
 *
 * <p>Source: {@code public/domctl.h}, {@code struct xen_domctl_hypercall_init}.
 */
@XenStruct(type = "struct xen_domctl_hypercall_init", header = "domctl.h")
public final class XenDomctlHypercallInit {
    private XenDomctlHypercallInit() {}

    /** {@code uint64_t}, 8 bytes. */
    public static final int GMFN = 0;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 8;
}
