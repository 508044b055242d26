package dev.vls.xen.abi.domctl;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code XEN_DOMCTL_setdomainhandle}.
 *
 * <p>Source: {@code public/domctl.h}, {@code struct xen_domctl_setdomainhandle}.
 */
@XenStruct(type = "struct xen_domctl_setdomainhandle", header = "domctl.h")
public final class XenDomctlSetdomainhandle {
    private XenDomctlSetdomainhandle() {}

    /** {@code xen_domain_handle_t}, 16 bytes. */
    public static final int HANDLE = 0;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 16;
}
