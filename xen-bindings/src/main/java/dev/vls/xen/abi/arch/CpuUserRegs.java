package dev.vls.xen.abi.arch;

import dev.vls.xen.abi.XenStruct;

/**
 * General registers of a vCPU as Xen saves them. Selectors take 16 bits of their 8-byte slots.
 *
 * <p>Source: {@code public/arch-x86/xen-x86_64.h}, {@code struct cpu_user_regs}.
 */
@XenStruct(type = "struct cpu_user_regs", header = "arch-x86/xen-x86_64.h")
public final class CpuUserRegs {
    private CpuUserRegs() {}

    /** {@code uint64_t}, 8 bytes. */
    public static final int R15 = 0;

    /** {@code uint64_t}, 8 bytes. */
    public static final int R14 = 8;

    /** {@code uint64_t}, 8 bytes. */
    public static final int R13 = 16;

    /** {@code uint64_t}, 8 bytes. */
    public static final int R12 = 24;

    /** {@code uint64_t}, 8 bytes. */
    public static final int RBP = 32;

    /** {@code uint64_t}, 8 bytes. */
    public static final int RBX = 40;

    /** {@code uint64_t}, 8 bytes. */
    public static final int R11 = 48;

    /** {@code uint64_t}, 8 bytes. */
    public static final int R10 = 56;

    /** {@code uint64_t}, 8 bytes. */
    public static final int R9 = 64;

    /** {@code uint64_t}, 8 bytes. */
    public static final int R8 = 72;

    /** {@code uint64_t}, 8 bytes. */
    public static final int RAX = 80;

    /** {@code uint64_t}, 8 bytes. */
    public static final int RCX = 88;

    /** {@code uint64_t}, 8 bytes. */
    public static final int RDX = 96;

    /** {@code uint64_t}, 8 bytes. */
    public static final int RSI = 104;

    /** {@code uint64_t}, 8 bytes. */
    public static final int RDI = 112;

    /** {@code uint32_t}, 4 bytes. */
    public static final int ERROR_CODE = 120;

    /** {@code uint32_t}, 4 bytes. */
    public static final int ENTRY_VECTOR = 124;

    /** {@code uint64_t}, 8 bytes. */
    public static final int RIP = 128;

    /** {@code uint16_t}, 2 bytes. */
    public static final int CS = 136;

    /**
     * {@code uint8_t}, 1 byte: the event mask at the time of the trap, beside CS as in a guest
     * frame.
     */
    public static final int SAVED_UPCALL_MASK = 140;

    /** {@code uint64_t}, 8 bytes. */
    public static final int RFLAGS = 144;

    /** {@code uint64_t}, 8 bytes. */
    public static final int RSP = 152;

    /** {@code uint16_t}, 2 bytes. */
    public static final int SS = 160;

    /** {@code uint16_t}, 2 bytes. */
    public static final int ES = 168;

    /** {@code uint16_t}, 2 bytes. */
    public static final int DS = 176;

    /** {@code uint16_t}, 2 bytes. */
    public static final int FS = 184;

    /** {@code uint16_t}, 2 bytes. */
    public static final int GS = 192;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 200;
}
