package dev.vls.xen.abi.arch;

import dev.vls.xen.abi.XenNumbers;

/**
 * Linear addresses that Xen keeps for itself and the m2p table that it maps read-only for guests.
 *
 * <p>Source: {@code public/arch-x86/xen-x86_64.h}.
 */
@XenNumbers(header = "arch-x86/xen-x86_64.h", prefix = "", lowerCase = false)
public final class HypervisorAddress {
    private HypervisorAddress() {}

    public static final long HYPERVISOR_VIRT_START = 0xffff800000000000L;

    /** First linear address above the hole. */
    public static final long HYPERVISOR_VIRT_END = 0xffff880000000000L;

    public static final long MACH2PHYS_VIRT_START = 0xffff800000000000L;
    public static final long MACH2PHYS_VIRT_END = 0xffff804000000000L;

    /** Eight-byte entries that the m2p range has room for. */
    public static final long MACH2PHYS_NR_ENTRIES = 0x800000000L;
}
