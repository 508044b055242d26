package dev.vls.xen.abi.domctl;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code XEN_DOMCTL_shadow_op}.
 *
 * <p>Source: {@code public/domctl.h}, {@code struct xen_domctl_shadow_op}.
 */
@XenStruct(type = "struct xen_domctl_shadow_op", header = "domctl.h")
public final class XenDomctlShadowOp {
    private XenDomctlShadowOp() {}

    /** {@code uint32_t}, 4 bytes: {@link ShadowOp}. */
    public static final int OP = 0;

    /** {@code uint32_t}, 4 bytes. */
    public static final int MODE = 4;

    /** {@code uint32_t}, 4 bytes. */
    public static final int MB = 8;

    /** {@code XEN_GUEST_HANDLE(uint8)}, 8 bytes. */
    public static final int DIRTY_BITMAP = 16;

    /** {@code uint64_t}, 8 bytes. */
    public static final int PAGES = 24;

    /** {@code struct xen_domctl_shadow_op_stats}, 8 bytes. */
    public static final int STATS = 32;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 40;
}
