package dev.vls.xen.abi.arch;

import dev.vls.xen.abi.XenStruct;

/**
 * One entry of the {@code set_trap_table} hypercall and of {@code vcpu_guest_context.trap_ctxt}; an
 * address of 0 ends the table.
 *
 * <p>Source: {@code public/arch-x86/xen.h}, {@code struct trap_info}.
 */
@XenStruct(type = "struct trap_info", header = "arch-x86/xen.h")
public final class TrapInfo {
    private TrapInfo() {}

    /** {@code uint8_t}, 1 byte: exception vector. */
    public static final int VECTOR = 0;

    /** {@code uint8_t}, 1 byte: bits 0 and 1: DPL of the gate; bit 2: mask events on entry. */
    public static final int FLAGS = 1;

    /** {@code uint16_t}, 2 bytes: code selector of the handler. */
    public static final int CS = 2;

    /** {@code unsigned long}, 8 bytes: guest virtual address of the handler. */
    public static final int ADDRESS = 8;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 16;
}
