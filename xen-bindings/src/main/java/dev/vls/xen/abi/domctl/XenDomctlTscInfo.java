package dev.vls.xen.abi.domctl;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code XEN_DOMCTL_settscinfo}.
 *
 * <p>Source: {@code public/domctl.h}, {@code struct xen_domctl_tsc_info}.
 */
@XenStruct(type = "struct xen_domctl_tsc_info", header = "domctl.h")
public final class XenDomctlTscInfo {
    private XenDomctlTscInfo() {}

    /** {@code uint32_t}, 4 bytes. */
    public static final int TSC_MODE = 0;

    /** {@code uint32_t}, 4 bytes. */
    public static final int GTSC_KHZ = 4;

    /** {@code uint32_t}, 4 bytes. */
    public static final int INCARNATION = 8;

    /** {@code uint64_t}, 8 bytes: nanoseconds. */
    public static final int ELAPSED_NSEC = 16;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 24;
}
