package dev.vls.xen.abi.arch;

import dev.vls.xen.abi.XenConstant;
import dev.vls.xen.abi.XenStruct;

/**
 * One CPUID leaf in a CPU policy of the tools.
 *
 * <p>Source: {@code public/arch-x86/xen.h}, {@code struct xen_cpuid_leaf}.
 */
@XenStruct(type = "struct xen_cpuid_leaf", header = "arch-x86/xen.h")
public final class XenCpuidLeaf {
    private XenCpuidLeaf() {}

    /** {@code uint32_t}, 4 bytes. */
    public static final int LEAF = 0;

    /** {@code uint32_t}, 4 bytes. */
    public static final int SUBLEAF = 4;

    /** {@code uint32_t}, 4 bytes. */
    public static final int A = 8;

    /** {@code uint32_t}, 4 bytes. */
    public static final int B = 12;

    /** {@code uint32_t}, 4 bytes. */
    public static final int C = 16;

    /** {@code uint32_t}, 4 bytes. */
    public static final int D = 20;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 24;

    /** In {@link #SUBLEAF}: the leaf has none. */
    @XenConstant("XEN_CPUID_NO_SUBLEAF")
    public static final int NO_SUBLEAF = 0xffffffff;
}
