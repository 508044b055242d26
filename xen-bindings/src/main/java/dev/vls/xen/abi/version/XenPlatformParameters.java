package dev.vls.xen.abi.version;

import dev.vls.xen.abi.XenStruct;

/**
 * Answer of {@code XENVER_platform_parameters}.
 *
 * <p>Source: {@code public/version.h}, {@code struct xen_platform_parameters}.
 */
@XenStruct(type = "struct xen_platform_parameters", header = "version.h")
public final class XenPlatformParameters {
    private XenPlatformParameters() {}

    /** {@code xen_ulong_t}, 8 bytes: start of the hypervisor's hole. */
    public static final int VIRT_START = 0;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 8;
}
