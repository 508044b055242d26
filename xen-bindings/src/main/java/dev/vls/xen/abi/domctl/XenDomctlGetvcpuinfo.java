package dev.vls.xen.abi.domctl;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code XEN_DOMCTL_getvcpuinfo}.
 *
 * <p>Source: {@code public/domctl.h}, {@code struct xen_domctl_getvcpuinfo}.
 */
@XenStruct(type = "struct xen_domctl_getvcpuinfo", header = "domctl.h")
public final class XenDomctlGetvcpuinfo {
    private XenDomctlGetvcpuinfo() {}

    /** {@code uint32_t}, 4 bytes. */
    public static final int VCPU = 0;

    /** {@code uint8_t}, 1 byte. */
    public static final int ONLINE = 4;

    /** {@code uint8_t}, 1 byte. */
    public static final int BLOCKED = 5;

    /** {@code uint8_t}, 1 byte. */
    public static final int RUNNING = 6;

    /** {@code uint64_t}, 8 bytes: nanoseconds. */
    public static final int CPU_TIME = 8;

    /** {@code uint32_t}, 4 bytes. */
    public static final int CPU = 16;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 24;
}
