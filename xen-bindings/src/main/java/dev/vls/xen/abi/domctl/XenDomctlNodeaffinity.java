package dev.vls.xen.abi.domctl;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code XEN_DOMCTL_setnodeaffinity}.
 *
 * <p>Source: {@code public/domctl.h}, {@code struct xen_domctl_nodeaffinity}.
 */
@XenStruct(type = "struct xen_domctl_nodeaffinity", header = "domctl.h")
public final class XenDomctlNodeaffinity {
    private XenDomctlNodeaffinity() {}

    /** {@code struct xenctl_bitmap}, 16 bytes. */
    public static final int NODEMAP = 0;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 16;
}
