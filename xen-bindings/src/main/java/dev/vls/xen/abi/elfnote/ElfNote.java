package dev.vls.xen.abi.elfnote;

import dev.vls.xen.abi.ConstantNames;
import dev.vls.xen.abi.XenNumbers;

/**
 * Types of the ELF notes under the name "Xen". Numbers are 4 or 8 bytes, strings NUL-terminated.
 *
 * <p>Source: {@code public/elfnote.h}, {@code XEN_ELFNOTE_*}.
 */
@XenNumbers(header = "elfnote.h", prefix = "XEN_ELFNOTE_", lowerCase = false)
public final class ElfNote {
    private ElfNote() {}

    public static final int INFO = 0;

    /** Guest virtual address of the entry point. */
    public static final int ENTRY = 1;

    /** Guest virtual address of the page that the builder fills with hypercall stubs. */
    public static final int HYPERCALL_PAGE = 2;

    /** Guest virtual address where the guest's memory starts. */
    public static final int VIRT_BASE = 3;

    /** What to subtract from the ELF physical addresses. */
    public static final int PADDR_OFFSET = 4;

    public static final int XEN_VERSION = 5;
    public static final int GUEST_OS = 6;
    public static final int GUEST_VERSION = 7;
    public static final int LOADER = 8;
    public static final int PAE_MODE = 9;

    /** Feature names, required ones after "!", alternatives apart by "|". */
    public static final int FEATURES = 10;

    public static final int BSD_SYMTAB = 11;
    public static final int HV_START_LOW = 12;

    /** Mask and value by which a valid PTE is told. */
    public static final int L1_MFN_VALID = 13;

    public static final int SUSPEND_CANCEL = 14;

    /** Guest virtual address at which the p2m shall be mapped. */
    public static final int INIT_P2M = 15;

    /** Non-zero when the kernel takes the ramdisk unmapped. */
    public static final int MOD_START_PFN = 16;

    /** The same as a bitmap of {@code XENFEAT_*}. */
    public static final int SUPPORTED_FEATURES = 17;

    /** 32-bit PVH entry. */
    public static final int PHYS32_ENTRY = 18;

    public static final int CRASH_INFO = 16777217;
    public static final int CRASH_REGS = 16777218;
    public static final int DUMPCORE_NONE = 33554432;
    public static final int DUMPCORE_HEADER = 33554433;
    public static final int DUMPCORE_XEN_VERSION = 33554434;
    public static final int DUMPCORE_FORMAT_VERSION = 33554435;

    /**
     * Name of a number for logs.
     *
     * @param number any int
     * @return the constant's name in this class, or {@code "elf note "} followed by the number
     */
    public static String name(int number) {
        return Names.TABLE.name(number);
    }

    /** Built when the first name is asked for, not when the constants are used. */
    private static final class Names {
        static final ConstantNames TABLE = ConstantNames.of(ElfNote.class, "elf note ");
    }
}
