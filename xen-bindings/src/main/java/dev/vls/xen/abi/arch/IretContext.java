package dev.vls.xen.abi.arch;

import dev.vls.xen.abi.XenStruct;

/**
 * Frame that the {@code iret} hypercall pops from the kernel stack, lowest address first.
 *
 * <p>Source: {@code public/arch-x86/xen-x86_64.h}, {@code struct iret_context}.
 */
@XenStruct(type = "struct iret_context", header = "arch-x86/xen-x86_64.h")
public final class IretContext {
    private IretContext() {}

    /** {@code uint64_t}, 8 bytes. */
    public static final int RAX = 0;

    /** {@code uint64_t}, 8 bytes. */
    public static final int R11 = 8;

    /** {@code uint64_t}, 8 bytes. */
    public static final int RCX = 16;

    /** {@code uint64_t}, 8 bytes: {@link GuestContextFlag#IN_SYSCALL} or 0. */
    public static final int FLAGS = 24;

    /** {@code uint64_t}, 8 bytes. */
    public static final int RIP = 32;

    /** {@code uint64_t}, 8 bytes. */
    public static final int CS = 40;

    /** {@code uint64_t}, 8 bytes. */
    public static final int RFLAGS = 48;

    /** {@code uint64_t}, 8 bytes. */
    public static final int RSP = 56;

    /** {@code uint64_t}, 8 bytes. */
    public static final int SS = 64;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 72;
}
