package dev.vls.xen.abi.domctl;

import dev.vls.xen.abi.XenNumbers;

/**
 * Flags of {@link XenDomctlVcpuaffinity#FLAGS}.
 *
 * <p>Source: {@code public/domctl.h}, {@code XEN_VCPUAFFINITY_*}.
 */
@XenNumbers(header = "domctl.h", prefix = "XEN_VCPUAFFINITY_", lowerCase = false)
public final class VcpuAffinityFlag {
    private VcpuAffinityFlag() {}

    public static final int HARD = 0x1;
    public static final int SOFT = 0x2;
    public static final int FORCE = 0x4;
}
