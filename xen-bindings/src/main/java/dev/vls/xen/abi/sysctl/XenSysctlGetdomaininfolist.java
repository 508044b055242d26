package dev.vls.xen.abi.sysctl;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code XEN_SYSCTL_getdomaininfolist}.
 *
 * <p>Source: {@code public/sysctl.h}, {@code struct xen_sysctl_getdomaininfolist}.
 */
@XenStruct(type = "struct xen_sysctl_getdomaininfolist", header = "sysctl.h")
public final class XenSysctlGetdomaininfolist {
    private XenSysctlGetdomaininfolist() {}

    /** {@code domid_t}, 2 bytes. */
    public static final int FIRST_DOMAIN = 0;

    /** {@code uint32_t}, 4 bytes. */
    public static final int MAX_DOMAINS = 4;

    /**
     * {@code XEN_GUEST_HANDLE(xen_domctl_getdomaininfo_t)}, 8 bytes: user address of {@code struct
     * xen_domctl_getdomaininfo}.
     */
    public static final int BUFFER = 8;

    /** {@code uint32_t}, 4 bytes. */
    public static final int NUM_DOMAINS = 16;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 24;
}
