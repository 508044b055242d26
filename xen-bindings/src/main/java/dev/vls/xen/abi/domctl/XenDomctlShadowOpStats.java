package dev.vls.xen.abi.domctl;

import dev.vls.xen.abi.XenStruct;

/**
 * Counters that {@code XEN_DOMCTL_shadow_op} answers.
 *
 * <p>Source: {@code public/domctl.h}, {@code struct xen_domctl_shadow_op_stats}.
 */
@XenStruct(type = "struct xen_domctl_shadow_op_stats", header = "domctl.h")
public final class XenDomctlShadowOpStats {
    private XenDomctlShadowOpStats() {}

    /** {@code uint32_t}, 4 bytes. */
    public static final int FAULT_COUNT = 0;

    /** {@code uint32_t}, 4 bytes. */
    public static final int DIRTY_COUNT = 4;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 8;
}
