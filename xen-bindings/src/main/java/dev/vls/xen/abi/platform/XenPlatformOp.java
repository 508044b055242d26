package dev.vls.xen.abi.platform;

import dev.vls.xen.abi.XenConstant;
import dev.vls.xen.abi.XenStruct;

/**
 * Argument of the {@code platform_op} hypercall.
 *
 * <p>Source: {@code public/platform.h}, {@code struct xen_platform_op}.
 */
@XenStruct(type = "struct xen_platform_op", header = "platform.h")
public final class XenPlatformOp {
    private XenPlatformOp() {}

    /** {@code uint32_t}, 4 bytes: {@link PlatformOpCommand}. */
    public static final int CMD = 0;

    /** {@code uint32_t}, 4 bytes. */
    public static final int INTERFACE_VERSION = 4;

    /** {@code union}, 128 bytes: the arguments. */
    public static final int U = 8;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 136;

    /** What {@link #INTERFACE_VERSION} must hold. */
    @XenConstant("XENPF_INTERFACE_VERSION")
    public static final int INTERFACE_VERSION_VALUE = 50331649;
}
