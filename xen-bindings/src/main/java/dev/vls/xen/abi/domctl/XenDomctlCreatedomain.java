package dev.vls.xen.abi.domctl;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code XEN_DOMCTL_createdomain}.
 *
 * <p>Source: {@code public/domctl.h}, {@code struct xen_domctl_createdomain}.
 */
@XenStruct(type = "struct xen_domctl_createdomain", header = "domctl.h")
public final class XenDomctlCreatedomain {
    private XenDomctlCreatedomain() {}

    /** {@code uint32_t}, 4 bytes. */
    public static final int SSIDREF = 0;

    /** {@code xen_domain_handle_t}, 16 bytes. */
    public static final int HANDLE = 4;

    /** {@code uint32_t}, 4 bytes. */
    public static final int FLAGS = 20;

    /** {@code uint32_t}, 4 bytes. */
    public static final int IOMMU_OPTS = 24;

    /** {@code uint32_t}, 4 bytes. */
    public static final int MAX_VCPUS = 28;

    /** {@code uint32_t}, 4 bytes. */
    public static final int MAX_EVTCHN_PORT = 32;

    /** {@code int32_t}, 4 bytes. */
    public static final int MAX_GRANT_FRAMES = 36;

    /** {@code int32_t}, 4 bytes. */
    public static final int MAX_MAPTRACK_FRAMES = 40;

    /** {@code uint32_t}, 4 bytes. */
    public static final int GRANT_OPTS = 44;

    /** {@code uint32_t}, 4 bytes. */
    public static final int VMTRACE_SIZE = 48;

    /** {@code uint32_t}, 4 bytes. */
    public static final int CPUPOOL_ID = 52;

    /** {@code struct xen_arch_domainconfig}, 8 bytes. */
    public static final int ARCH = 56;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 64;
}
