package dev.vls.xen.abi.memory;

import dev.vls.xen.abi.XenNumbers;

/**
 * Types of E820 entries.
 *
 * <p>Source: {@code xen/arch/x86/include/asm/e820.h}, {@code E820_*}.
 */
@XenNumbers(
        header = "xen/arch/x86/include/asm/e820.h",
        prefix = "E820_",
        lowerCase = false,
        inXenSource = true)
public final class E820Type {
    private E820Type() {}

    public static final int RAM = 1;
    public static final int RESERVED = 2;
    public static final int ACPI = 3;
    public static final int NVS = 4;
    public static final int UNUSABLE = 5;
}
