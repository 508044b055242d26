package dev.vls.machine.hypervisor;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.sse.MxcsrState;
import dev.vls.machine.cpu.x87.X87Image;

/** The FXSAVE image in a {@code vcpu_guest_context} (arch/x86/i387.c, {@code vcpu_setup_fpu}). */
final class FpuContext {
    private static final int INSTRUCTION_POINTER = 8;
    private static final int DATA_POINTER = 16;
    private static final int MXCSR = 24;
    private static final int REGISTERS = 32;
    private static final int XMM = 160;

    private FpuContext() {}

    /** Loads x87, MMX and SSE registers; bits that MXCSR has not are dropped. */
    static void load(Cpu cpu, GuestBuffer image, int offset) {
        X87Image.setFxsaveHeader(cpu.fpu, image.getLong(offset));
        cpu.fpu.lastInstructionPointer = image.getLong(offset + INSTRUCTION_POINTER);
        cpu.fpu.lastDataPointer = image.getLong(offset + DATA_POINTER);
        for (int i = 0; i < 8; i++) {
            int at = offset + REGISTERS + 16 * i;
            cpu.fpu.setUntagged(i, image.getShort(at + 8), image.getLong(at));
        }
        cpu.mxcsr.set(image.getInt(offset + MXCSR) & MxcsrState.WRITABLE);
        for (int i = 0; i < Cpu.XMM_SCRATCH; i++) {
            cpu.xmm[i] = image.getLong(offset + XMM + 8 * i);
        }
    }
}
