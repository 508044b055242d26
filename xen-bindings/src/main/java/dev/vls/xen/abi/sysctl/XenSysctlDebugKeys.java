package dev.vls.xen.abi.sysctl;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code XEN_SYSCTL_debug_keys}.
 *
 * <p>Source: {@code public/sysctl.h}, {@code struct xen_sysctl_debug_keys}.
 */
@XenStruct(type = "struct xen_sysctl_debug_keys", header = "sysctl.h")
public final class XenSysctlDebugKeys {
    private XenSysctlDebugKeys() {}

    /** {@code XEN_GUEST_HANDLE(const_char)}, 8 bytes. */
    public static final int KEYS = 0;

    /** {@code uint32_t}, 4 bytes. */
    public static final int NR_KEYS = 8;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 16;
}
