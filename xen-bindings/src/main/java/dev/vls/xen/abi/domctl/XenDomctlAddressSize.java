package dev.vls.xen.abi.domctl;

import dev.vls.xen.abi.XenMember;
import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code XEN_DOMCTL_set_address_size}.
 *
 * <p>Source: {@code public/domctl.h}, {@code struct xen_domctl_address_size}.
 */
@XenStruct(type = "struct xen_domctl_address_size", header = "domctl.h")
public final class XenDomctlAddressSize {
    private XenDomctlAddressSize() {}

    /** {@code uint32_t}, 4 bytes. */
    @XenMember("size")
    public static final int SIZE_FIELD = 0;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 4;
}
