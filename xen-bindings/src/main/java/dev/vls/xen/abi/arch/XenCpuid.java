package dev.vls.xen.abi.arch;

import dev.vls.xen.abi.XenNumbers;

/**
 * Xen's own CPUID leaves, 0x40000000 and up, as a guest reads them through forced emulation.
 *
 * <p>Source: {@code public/arch-x86/cpuid.h}, {@code XEN_CPUID_*}.
 */
@XenNumbers(header = "arch-x86/cpuid.h", prefix = "XEN_CPUID_", lowerCase = false)
public final class XenCpuid {
    private XenCpuid() {}

    public static final int FIRST_LEAF = 0x40000000;
    public static final int SIGNATURE_EBX = 0x566e6558;
    public static final int SIGNATURE_ECX = 0x65584d4d;
    public static final int SIGNATURE_EDX = 0x4d4d566e;
    public static final int FEAT1_MMU_PT_UPDATE_PRESERVE_AD = 0x1;
    public static final int MACHINE_ADDRESS_WIDTH_MASK = 0xff;
    public static final int MAX_NUM_LEAVES = 0x5;
}
