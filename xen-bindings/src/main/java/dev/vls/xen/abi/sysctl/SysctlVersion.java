package dev.vls.xen.abi.sysctl;

import dev.vls.xen.abi.XenNumbers;

/**
 * What {@code interface_version} must hold.
 *
 * <p>Source: {@code public/sysctl.h}, {@code XEN_SYSCTL_*}.
 */
@XenNumbers(header = "sysctl.h", prefix = "XEN_SYSCTL_", lowerCase = false)
public final class SysctlVersion {
    private SysctlVersion() {}

    public static final int INTERFACE_VERSION = 0x15;
}
