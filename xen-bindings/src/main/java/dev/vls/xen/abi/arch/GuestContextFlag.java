package dev.vls.xen.abi.arch;

import dev.vls.xen.abi.XenNumbers;

/**
 * Bits of {@link VcpuGuestContext#FLAGS}, also of {@link IretContext#FLAGS}.
 *
 * <p>Source: {@code public/arch-x86/xen.h} and {@code public/arch-x86/xen-x86_64.h}, {@code
 * VGCF_*}.
 */
@XenNumbers(
        header = {"arch-x86/xen.h", "arch-x86/xen-x86_64.h"},
        prefix = "VGCF_")
public final class GuestContextFlag {
    private GuestContextFlag() {}

    public static final int I387_VALID = 0x1;
    public static final int IN_KERNEL = 0x4;
    public static final int FAILSAFE_DISABLES_EVENTS = 0x8;
    public static final int SYSCALL_DISABLES_EVENTS = 0x10;

    /** The vCPU may run at once. */
    public static final int ONLINE = 0x20;

    /** In an iret frame: return through {@code SYSRET}, which leaves RCX and R11 to the caller. */
    public static final int IN_SYSCALL = 0x100;
}
