package dev.vls.xen.abi.sysctl;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code XEN_SYSCTL_readconsole}.
 *
 * <p>Source: {@code public/sysctl.h}, {@code struct xen_sysctl_readconsole}.
 */
@XenStruct(type = "struct xen_sysctl_readconsole", header = "sysctl.h")
public final class XenSysctlReadconsole {
    private XenSysctlReadconsole() {}

    /** {@code uint8_t}, 1 byte. */
    public static final int CLEAR = 0;

    /** {@code uint8_t}, 1 byte. */
    public static final int INCREMENTAL = 1;

    /** {@code uint32_t}, 4 bytes. */
    public static final int INDEX = 4;

    /** {@code XEN_GUEST_HANDLE(char)}, 8 bytes. */
    public static final int BUFFER = 8;

    /** {@code uint32_t}, 4 bytes. */
    public static final int COUNT = 16;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 24;
}
