package dev.vls.xen.abi.arch;

import dev.vls.xen.abi.XenNumbers;

/**
 * Limits of the x86 ABI.
 *
 * <p>Source: {@code public/arch-x86/xen.h}.
 */
@XenNumbers(header = "arch-x86/xen.h", prefix = "", lowerCase = false)
public final class ArchLimits {
    private ArchLimits() {}

    /** First of the GDT pages that Xen fills. */
    public static final int FIRST_RESERVED_GDT_PAGE = 14;

    public static final int FIRST_RESERVED_GDT_BYTE = 57344;
    public static final int FIRST_RESERVED_GDT_ENTRY = 7168;

    /** VCPUs that have their info in the shared info page. */
    public static final int XEN_LEGACY_MAX_VCPUS = 32;
}
