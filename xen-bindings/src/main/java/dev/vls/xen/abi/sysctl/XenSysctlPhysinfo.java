package dev.vls.xen.abi.sysctl;

import dev.vls.xen.abi.XenConstant;
import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code XEN_SYSCTL_physinfo}.
 *
 * <p>Source: {@code public/sysctl.h}, {@code struct xen_sysctl_physinfo}.
 */
@XenStruct(type = "struct xen_sysctl_physinfo", header = "sysctl.h")
public final class XenSysctlPhysinfo {
    private XenSysctlPhysinfo() {}

    /** {@code uint32_t}, 4 bytes. */
    public static final int THREADS_PER_CORE = 0;

    /** {@code uint32_t}, 4 bytes. */
    public static final int CORES_PER_SOCKET = 4;

    /** {@code uint32_t}, 4 bytes. */
    public static final int NR_CPUS = 8;

    /** {@code uint32_t}, 4 bytes. */
    public static final int MAX_CPU_ID = 12;

    /** {@code uint32_t}, 4 bytes. */
    public static final int NR_NODES = 16;

    /** {@code uint32_t}, 4 bytes. */
    public static final int MAX_NODE_ID = 20;

    /** {@code uint32_t}, 4 bytes: kHz. */
    public static final int CPU_KHZ = 24;

    /** {@code uint32_t}, 4 bytes: {@link PhysicalCapability}. */
    public static final int CAPABILITIES = 28;

    /** {@code uint32_t}, 4 bytes. */
    public static final int ARCH_CAPABILITIES = 32;

    /** {@code uint64_t}, 8 bytes. */
    public static final int TOTAL_PAGES = 40;

    /** {@code uint64_t}, 8 bytes. */
    public static final int FREE_PAGES = 48;

    /** {@code uint64_t}, 8 bytes. */
    public static final int SCRUB_PAGES = 56;

    /** {@code uint64_t}, 8 bytes. */
    public static final int OUTSTANDING_PAGES = 64;

    /** {@code uint64_t}, 8 bytes. */
    public static final int MAX_MFN = 72;

    /** {@code uint32_t [8]}, 32 bytes. */
    public static final int HW_CAP = 80;

    /** Number of elements of {@code hw_cap}. */
    @XenConstant("ARRAY_LENGTH(struct xen_sysctl_physinfo, hw_cap)")
    public static final int HW_CAP_LENGTH = 8;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 112;
}
