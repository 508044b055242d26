package dev.vls.xen.abi.domctl;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code XEN_DOMCTL_settimeoffset}.
 *
 * <p>Source: {@code public/domctl.h}, {@code struct xen_domctl_settimeoffset}.
 */
@XenStruct(type = "struct xen_domctl_settimeoffset", header = "domctl.h")
public final class XenDomctlSettimeoffset {
    private XenDomctlSettimeoffset() {}

    /** {@code int64_t}, 8 bytes. */
    public static final int TIME_OFFSET_SECONDS = 0;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 8;
}
