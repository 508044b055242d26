package dev.vls.xen.abi.sysctl;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of the {@code sysctl} hypercall: a header and the union of the arguments.
 *
 * <p>Source: {@code public/sysctl.h}, {@code struct xen_sysctl}.
 */
@XenStruct(type = "struct xen_sysctl", header = "sysctl.h")
public final class XenSysctl {
    private XenSysctl() {}

    /** {@code uint32_t}, 4 bytes: {@link SysctlCommand}. */
    public static final int CMD = 0;

    /** {@code uint32_t}, 4 bytes: {@link SysctlVersion}. */
    public static final int INTERFACE_VERSION = 4;

    /** {@code union}, 128 bytes: the arguments. */
    public static final int U = 8;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 136;
}
