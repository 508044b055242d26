package dev.vls.xen.abi.xen;

import dev.vls.xen.abi.XenConstant;
import dev.vls.xen.abi.XenMember;
import dev.vls.xen.abi.XenStruct;

/**
 * What the domain builder tells a PV kernel: one page at the address in {@code RSI} when the boot
 * vCPU starts.
 *
 * <p>Source: {@code public/xen.h}, {@code struct start_info}.
 */
@XenStruct(type = "struct start_info", header = "xen.h")
public final class StartInfo {
    private StartInfo() {}

    /** {@code char [32]}, 32 bytes: "xen-3.0-x86_64", NUL-terminated. */
    public static final int MAGIC = 0;

    /** {@code unsigned long}, 8 bytes: pages of the domain. */
    public static final int NR_PAGES = 32;

    /** {@code unsigned long}, 8 bytes: machine byte address of the shared info page. */
    public static final int SHARED_INFO = 40;

    /**
     * {@code uint32_t}, 4 bytes: {@link StartInfoFlag}; bits 8 to 15 hold the power-management
     * mask.
     */
    public static final int FLAGS = 48;

    /** {@code xen_pfn_t}, 8 bytes: MFN of the xenstore ring page. */
    public static final int STORE_MFN = 56;

    /** {@code uint32_t}, 4 bytes: port to xenstored. */
    public static final int STORE_EVTCHN = 64;

    /** {@code xen_pfn_t}, 8 bytes: MFN of the console ring page, for a domU. */
    @XenMember("console.domU.mfn")
    public static final int CONSOLE_DOMU_MFN = 72;

    /** {@code uint32_t}, 4 bytes: port to the console backend, for a domU. */
    @XenMember("console.domU.evtchn")
    public static final int CONSOLE_DOMU_EVTCHN = 80;

    /** {@code unsigned long}, 8 bytes: guest virtual address of the top-level page table. */
    public static final int PT_BASE = 88;

    /** {@code unsigned long}, 8 bytes: page-table frames that the builder made. */
    public static final int NR_PT_FRAMES = 96;

    /** {@code unsigned long}, 8 bytes: guest virtual address of the p2m list. */
    public static final int MFN_LIST = 104;

    /**
     * {@code unsigned long}, 8 bytes: guest virtual address of the ramdisk, or its PFN under {@code
     * SIF_MOD_START_PFN}.
     */
    public static final int MOD_START = 112;

    /** {@code unsigned long}, 8 bytes: bytes of the ramdisk, 0 for none. */
    public static final int MOD_LEN = 120;

    /** {@code int8_t [1024]}, 1024 bytes: NUL-terminated command line. */
    public static final int CMD_LINE = 128;

    /**
     * {@code unsigned long}, 8 bytes: first PFN of the p2m list, when it lies at its own address.
     */
    public static final int FIRST_P2M_PFN = 1152;

    /** {@code unsigned long}, 8 bytes: frames of the p2m list, when it lies at its own address. */
    public static final int NR_P2M_FRAMES = 1160;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 1168;

    /** Bytes of {@code cmd_line}, the NUL included. */
    @XenConstant("MAX_GUEST_CMDLINE")
    public static final int CMD_LINE_LENGTH = 1024;
}
