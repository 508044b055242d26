package dev.vls.xen.abi.domctl;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code XEN_DOMCTL_getpageframeinfo3}.
 *
 * <p>Source: {@code public/domctl.h}, {@code struct xen_domctl_getpageframeinfo3}.
 */
@XenStruct(type = "struct xen_domctl_getpageframeinfo3", header = "domctl.h")
public final class XenDomctlGetpageframeinfo3 {
    private XenDomctlGetpageframeinfo3() {}

    /** {@code uint64_t}, 8 bytes. */
    public static final int NUM = 0;

    /** {@code XEN_GUEST_HANDLE(xen_pfn_t)}, 8 bytes: in: frames; out: {@link PageFrameInfo}. */
    public static final int ARRAY = 8;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 16;
}
