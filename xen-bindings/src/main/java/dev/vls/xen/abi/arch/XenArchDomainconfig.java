package dev.vls.xen.abi.arch;

import dev.vls.xen.abi.XenStruct;

/**
 * x86 part of a domain's creation parameters.
 *
 * <p>Source: {@code public/arch-x86/xen.h}, {@code struct xen_arch_domainconfig}.
 */
@XenStruct(type = "struct xen_arch_domainconfig", header = "arch-x86/xen.h")
public final class XenArchDomainconfig {
    private XenArchDomainconfig() {}

    /** {@code uint32_t}, 4 bytes: 0 for a PV domain. */
    public static final int EMULATION_FLAGS = 0;

    /** {@code uint32_t}, 4 bytes. */
    public static final int MISC_FLAGS = 4;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 8;
}
