package dev.vls.xen.abi.version;

import dev.vls.xen.abi.XenConstant;
import dev.vls.xen.abi.XenNumbers;

/**
 * Version of the ABI that these headers describe.
 *
 * <p>Source: {@code public/xen-compat.h}, {@code __XEN_*}.
 */
@XenNumbers(header = "xen-compat.h", prefix = "__XEN_", lowerCase = false)
public final class InterfaceVersion {
    private InterfaceVersion() {}

    @XenConstant("__XEN_LATEST_INTERFACE_VERSION__")
    public static final int LATEST = 0x40e00;
}
