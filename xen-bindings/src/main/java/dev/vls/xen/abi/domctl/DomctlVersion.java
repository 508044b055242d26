package dev.vls.xen.abi.domctl;

import dev.vls.xen.abi.XenNumbers;

/**
 * What {@code interface_version} must hold.
 *
 * <p>Source: {@code public/domctl.h}, {@code XEN_DOMCTL_*}.
 */
@XenNumbers(header = "domctl.h", prefix = "XEN_DOMCTL_", lowerCase = false)
public final class DomctlVersion {
    private DomctlVersion() {}

    public static final int INTERFACE_VERSION = 0x15;
}
