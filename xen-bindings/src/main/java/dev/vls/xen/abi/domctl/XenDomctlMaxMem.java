package dev.vls.xen.abi.domctl;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code XEN_DOMCTL_max_mem}.
 *
 * <p>Source: {@code public/domctl.h}, {@code struct xen_domctl_max_mem}.
 */
@XenStruct(type = "struct xen_domctl_max_mem", header = "domctl.h")
public final class XenDomctlMaxMem {
    private XenDomctlMaxMem() {}

    /** {@code uint64_t}, 8 bytes: KiB. */
    public static final int MAX_MEMKB = 0;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 8;
}
