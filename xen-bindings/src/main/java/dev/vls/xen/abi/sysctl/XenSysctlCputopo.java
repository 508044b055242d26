package dev.vls.xen.abi.sysctl;

import dev.vls.xen.abi.XenStruct;

/**
 * Place of a CPU.
 *
 * <p>Source: {@code public/sysctl.h}, {@code struct xen_sysctl_cputopo}.
 */
@XenStruct(type = "struct xen_sysctl_cputopo", header = "sysctl.h")
public final class XenSysctlCputopo {
    private XenSysctlCputopo() {}

    /** {@code uint32_t}, 4 bytes. */
    public static final int CORE = 0;

    /** {@code uint32_t}, 4 bytes. */
    public static final int SOCKET = 4;

    /** {@code uint32_t}, 4 bytes. */
    public static final int NODE = 8;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 12;
}
