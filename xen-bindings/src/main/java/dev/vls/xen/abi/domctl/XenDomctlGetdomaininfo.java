package dev.vls.xen.abi.domctl;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code XEN_DOMCTL_getdomaininfo}.
 *
 * <p>Source: {@code public/domctl.h}, {@code struct xen_domctl_getdomaininfo}.
 */
@XenStruct(type = "struct xen_domctl_getdomaininfo", header = "domctl.h")
public final class XenDomctlGetdomaininfo {
    private XenDomctlGetdomaininfo() {}

    /** {@code domid_t}, 2 bytes. */
    public static final int DOMAIN = 0;

    /** {@code uint32_t}, 4 bytes: {@link DomainInfoFlag}. */
    public static final int FLAGS = 4;

    /** {@code uint64_t}, 8 bytes. */
    public static final int TOT_PAGES = 8;

    /** {@code uint64_t}, 8 bytes. */
    public static final int MAX_PAGES = 16;

    /** {@code uint64_t}, 8 bytes. */
    public static final int OUTSTANDING_PAGES = 24;

    /** {@code uint64_t}, 8 bytes. */
    public static final int SHR_PAGES = 32;

    /** {@code uint64_t}, 8 bytes. */
    public static final int PAGED_PAGES = 40;

    /** {@code uint64_t}, 8 bytes: GFN of the shared info page. */
    public static final int SHARED_INFO_FRAME = 48;

    /** {@code uint64_t}, 8 bytes: nanoseconds. */
    public static final int CPU_TIME = 56;

    /** {@code uint32_t}, 4 bytes. */
    public static final int NR_ONLINE_VCPUS = 64;

    /** {@code uint32_t}, 4 bytes. */
    public static final int MAX_VCPU_ID = 68;

    /** {@code uint32_t}, 4 bytes. */
    public static final int SSIDREF = 72;

    /** {@code xen_domain_handle_t}, 16 bytes: UUID. */
    public static final int HANDLE = 76;

    /** {@code uint32_t}, 4 bytes. */
    public static final int CPUPOOL = 92;

    /** {@code uint8_t}, 1 byte. */
    public static final int GPADDR_BITS = 96;

    /** {@code struct xen_arch_domainconfig}, 8 bytes. */
    public static final int ARCH_CONFIG = 104;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 112;
}
