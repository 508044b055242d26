package dev.vls.xen.abi.arch;

import dev.vls.xen.abi.XenNumbers;

/**
 * Bits of a page fault's error code.
 *
 * <p>Source: {@code xen/arch/x86/include/asm/processor.h}, {@code PFEC_*}.
 */
@XenNumbers(header = "xen/arch/x86/include/asm/processor.h", prefix = "PFEC_", inXenSource = true)
public final class PageFaultErrorCode {
    private PageFaultErrorCode() {}

    public static final int PAGE_PRESENT = 0x1;
    public static final int WRITE_ACCESS = 0x2;
    public static final int USER_MODE = 0x4;
    public static final int RESERVED_BIT = 0x8;
    public static final int INSN_FETCH = 0x10;
    public static final int PROT_KEY = 0x20;
}
