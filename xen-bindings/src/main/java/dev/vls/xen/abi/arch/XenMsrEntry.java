package dev.vls.xen.abi.arch;

import dev.vls.xen.abi.XenStruct;

/**
 * One MSR in a CPU policy of the tools.
 *
 * <p>Source: {@code public/arch-x86/xen.h}, {@code struct xen_msr_entry}.
 */
@XenStruct(type = "struct xen_msr_entry", header = "arch-x86/xen.h")
public final class XenMsrEntry {
    private XenMsrEntry() {}

    /** {@code uint32_t}, 4 bytes. */
    public static final int IDX = 0;

    /** {@code uint32_t}, 4 bytes. */
    public static final int FLAGS = 4;

    /** {@code uint64_t}, 8 bytes. */
    public static final int VAL = 8;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 16;
}
