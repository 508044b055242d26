package dev.vls.xen.abi.xen;

import dev.vls.xen.abi.XenNumbers;

/**
 * Bits of {@link StartInfo#FLAGS}.
 *
 * <p>Source: {@code public/xen.h}, {@code SIF_*}.
 */
@XenNumbers(header = "xen.h", prefix = "SIF_", lowerCase = false)
public final class StartInfoFlag {
    private StartInfoFlag() {}

    public static final int PRIVILEGED = 0x1;
    public static final int INITDOMAIN = 0x2;
    public static final int MULTIBOOT_MOD = 0x4;
    public static final int MOD_START_PFN = 0x8;
    public static final int VIRT_P2M_4TOOLS = 0x10;
    public static final int PM_MASK = 0xff00;
}
