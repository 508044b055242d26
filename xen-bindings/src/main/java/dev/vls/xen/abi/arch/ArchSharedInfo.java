package dev.vls.xen.abi.arch;

import dev.vls.xen.abi.XenStruct;

/**
 * x86 part of {@code shared_info}: where a guest publishes its p2m for the tools.
 *
 * <p>Source: {@code public/arch-x86/xen.h}, {@code struct arch_shared_info}.
 */
@XenStruct(type = "struct arch_shared_info", header = "arch-x86/xen.h")
public final class ArchSharedInfo {
    private ArchSharedInfo() {}

    /** {@code unsigned long}, 8 bytes: highest PFN, above which the p2m has nothing. */
    public static final int MAX_PFN = 0;

    /** {@code xen_pfn_t}, 8 bytes: MFN of the top of the p2m tree. */
    public static final int PFN_TO_MFN_FRAME_LIST_LIST = 8;

    /** {@code unsigned long}, 8 bytes: {@code XEN_NMIREASON_*}. */
    public static final int NMI_REASON = 16;

    /**
     * {@code unsigned long}, 8 bytes: CR3 value of the tables that map the linear p2m, 0 when the
     * tree is used.
     */
    public static final int P2M_CR3 = 24;

    /** {@code unsigned long}, 8 bytes: guest virtual address of the linear p2m. */
    public static final int P2M_VADDR = 32;

    /**
     * {@code unsigned long}, 8 bytes: odd while the guest changes the mapping of the linear p2m.
     */
    public static final int P2M_GENERATION = 40;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 48;
}
