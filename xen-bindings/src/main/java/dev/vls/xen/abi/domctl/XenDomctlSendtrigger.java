package dev.vls.xen.abi.domctl;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code XEN_DOMCTL_sendtrigger}.
 *
 * <p>Source: {@code public/domctl.h}, {@code struct xen_domctl_sendtrigger}.
 */
@XenStruct(type = "struct xen_domctl_sendtrigger", header = "domctl.h")
public final class XenDomctlSendtrigger {
    private XenDomctlSendtrigger() {}

    /** {@code uint32_t}, 4 bytes. */
    public static final int TRIGGER = 0;

    /** {@code uint32_t}, 4 bytes. */
    public static final int VCPU = 4;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 8;
}
