package dev.vls.xen.abi.arch;

import dev.vls.xen.abi.XenStruct;

/**
 * x86 part of {@code vcpu_info}.
 *
 * <p>Source: {@code public/arch-x86/xen-x86_64.h}, {@code struct arch_vcpu_info}.
 */
@XenStruct(type = "struct arch_vcpu_info", header = "arch-x86/xen-x86_64.h")
public final class ArchVcpuInfo {
    private ArchVcpuInfo() {}

    /** {@code unsigned long}, 8 bytes: fault address of the last page fault. */
    public static final int CR2 = 0;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 16;
}
