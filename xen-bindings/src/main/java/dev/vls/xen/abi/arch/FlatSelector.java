package dev.vls.xen.abi.arch;

import dev.vls.xen.abi.XenNumbers;

/**
 * Selectors of the descriptors that Xen keeps at the end of every PV guest's GDT. PV kernels and
 * user processes both run in ring 3.
 *
 * <p>Source: {@code public/arch-x86/xen-x86_64.h}, {@code FLAT_*}.
 */
@XenNumbers(header = "arch-x86/xen-x86_64.h", prefix = "FLAT_", lowerCase = false)
public final class FlatSelector {
    private FlatSelector() {}

    public static final int RING3_CS32 = 0xe023;
    public static final int RING3_CS64 = 0xe033;
    public static final int RING3_DS32 = 0xe02b;
    public static final int RING3_DS64 = 0x0;
    public static final int RING3_SS32 = 0xe02b;
    public static final int RING3_SS64 = 0xe02b;
    public static final int KERNEL_DS64 = 0x0;
    public static final int KERNEL_DS32 = 0xe02b;
    public static final int KERNEL_DS = 0x0;
    public static final int KERNEL_CS64 = 0xe033;
    public static final int KERNEL_CS32 = 0xe023;
    public static final int KERNEL_CS = 0xe033;
    public static final int KERNEL_SS64 = 0xe02b;
    public static final int KERNEL_SS32 = 0xe02b;
    public static final int KERNEL_SS = 0xe02b;
    public static final int USER_DS64 = 0x0;
    public static final int USER_DS32 = 0xe02b;
    public static final int USER_DS = 0x0;
    public static final int USER_CS64 = 0xe033;
    public static final int USER_CS32 = 0xe023;
    public static final int USER_CS = 0xe033;
    public static final int USER_SS64 = 0xe02b;
    public static final int USER_SS32 = 0xe02b;
    public static final int USER_SS = 0xe02b;
}
