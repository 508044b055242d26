package dev.vls.xen.abi.domctl;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code XEN_DOMCTL_setvcpuaffinity}.
 *
 * <p>Source: {@code public/domctl.h}, {@code struct xen_domctl_vcpuaffinity}.
 */
@XenStruct(type = "struct xen_domctl_vcpuaffinity", header = "domctl.h")
public final class XenDomctlVcpuaffinity {
    private XenDomctlVcpuaffinity() {}

    /** {@code uint32_t}, 4 bytes. */
    public static final int VCPU = 0;

    /** {@code uint32_t}, 4 bytes. */
    public static final int FLAGS = 4;

    /** {@code struct xenctl_bitmap}, 16 bytes. */
    public static final int CPUMAP_HARD = 8;

    /** {@code struct xenctl_bitmap}, 16 bytes. */
    public static final int CPUMAP_SOFT = 24;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 40;
}
