package dev.vls.xen.abi.arch;

import dev.vls.xen.abi.XenNumbers;

/**
 * Which base the {@code set_segment_base} hypercall sets.
 *
 * <p>Source: {@code public/arch-x86/xen-x86_64.h}, {@code SEGBASE_*}.
 */
@XenNumbers(header = "arch-x86/xen-x86_64.h", prefix = "SEGBASE_", lowerCase = false)
public final class SegmentBase {
    private SegmentBase() {}

    public static final int FS = 0;
    public static final int GS_USER = 1;
    public static final int GS_KERNEL = 2;
    public static final int GS_USER_SEL = 3;
}
