package dev.vls.xen.abi.arch;

import dev.vls.xen.abi.XenConstant;
import dev.vls.xen.abi.XenNumbers;

/**
 * Flag bits of page-table entries at their places in the 64-bit entry. Xen keeps the high ones 40
 * bits lower in its own variables.
 *
 * <p>Source: {@code xen/arch/x86/include/asm/page.h} and {@code
 * xen/arch/x86/include/asm/x86_64/page.h}, {@code _PAGE_*}.
 */
@XenNumbers(
        header = {"xen/arch/x86/include/asm/page.h", "xen/arch/x86/include/asm/x86_64/page.h"},
        prefix = "_PAGE_",
        lowerCase = false,
        inXenSource = true)
public final class PageTableFlag {
    private PageTableFlag() {}

    public static final long PRESENT = 0x1L;
    public static final long RW = 0x2L;
    public static final long USER = 0x4L;
    public static final long PWT = 0x8L;
    public static final long PCD = 0x10L;
    public static final long ACCESSED = 0x20L;
    public static final long DIRTY = 0x40L;

    /** In a leaf entry of 4 KiB. */
    public static final long PAT = 0x80L;

    /** In a leaf entry above the lowest level. */
    public static final long PSE = 0x80L;

    public static final long GLOBAL = 0x100L;
    public static final long AVAIL0 = 0x200L;
    public static final long AVAIL1 = 0x400L;
    public static final long AVAIL2 = 0x800L;

    /** All three low bits that software may use. */
    public static final long AVAIL = 0xe00L;

    /** In a leaf entry above the lowest level. */
    public static final long PSE_PAT = 0x1000L;

    /** High bits that software may use; Xen takes some of them. */
    @XenConstant("(uint64_t)_PAGE_AVAIL_HIGH << 40")
    public static final long AVAIL_HIGH = 0x7ff0000000000000L;

    /** No execution. */
    @XenConstant("(uint64_t)_PAGE_NX_BIT << 40")
    public static final long NX = 0x8000000000000000L;

    /** Xen's mark of a kernel mapping of a PV guest. */
    @XenConstant("(uint64_t)_PAGE_GUEST_KERNEL << 40")
    public static final long GUEST_KERNEL = 0x10000000000000L;
}
