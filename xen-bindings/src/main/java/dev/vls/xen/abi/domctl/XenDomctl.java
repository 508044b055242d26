package dev.vls.xen.abi.domctl;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of the {@code domctl} hypercall: a header and the union of the arguments.
 *
 * <p>Source: {@code public/domctl.h}, {@code struct xen_domctl}.
 */
@XenStruct(type = "struct xen_domctl", header = "domctl.h")
public final class XenDomctl {
    private XenDomctl() {}

    /** {@code uint32_t}, 4 bytes: {@link DomctlCommand}. */
    public static final int CMD = 0;

    /** {@code uint32_t}, 4 bytes: {@link DomctlVersion}. */
    public static final int INTERFACE_VERSION = 4;

    /** {@code domid_t}, 2 bytes. */
    public static final int DOMAIN = 8;

    /** {@code union}, 128 bytes: the arguments. */
    public static final int U = 16;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 144;
}
