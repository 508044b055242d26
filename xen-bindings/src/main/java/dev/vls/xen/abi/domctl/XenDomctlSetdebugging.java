package dev.vls.xen.abi.domctl;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code XEN_DOMCTL_setdebugging}.
 *
 * <p>Source: {@code public/domctl.h}, {@code struct xen_domctl_setdebugging}.
 */
@XenStruct(type = "struct xen_domctl_setdebugging", header = "domctl.h")
public final class XenDomctlSetdebugging {
    private XenDomctlSetdebugging() {}

    /** {@code uint8_t}, 1 byte. */
    public static final int ENABLE = 0;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 1;
}
