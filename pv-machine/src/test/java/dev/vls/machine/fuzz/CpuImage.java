package dev.vls.machine.fuzz;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.x87.FpuState;
import dev.vls.machine.cpu.x87.X87Image;

/** Moves the registers of a case into the embedded processor, and the FXSAVE image out of it. */
final class CpuImage {
    private static final int INSTRUCTION_POINTER = 8;
    private static final int DATA_POINTER = 16;
    private static final int MXCSR = 24;
    private static final int REGISTERS = 32;
    private static final int XMM = 160;

    private CpuImage() {}

    static void load(Cpu cpu, CaseSlot slot) {
        for (int i = 0; i < 16; i++) {
            cpu.gpr[i] = slot.startGpr(i);
        }
        cpu.setRip(slot.startLong(CaseSlot.RIP));
        cpu.setRflags(slot.startLong(CaseSlot.RFLAGS));
        cpu.segmentBase[Cpu.FS] = slot.startLong(CaseSlot.FS_BASE);
        cpu.segmentBase[Cpu.GS] = slot.startLong(CaseSlot.GS_BASE);
        for (int i = 0; i < 6; i++) {
            cpu.selector[i] = slot.startShort(CaseSlot.SELECTORS + 2 * i);
        }
        FpuState fpu = cpu.fpu;
        X87Image.setFxsaveHeader(fpu, slot.startLong(0));
        fpu.lastInstructionPointer = slot.startLong(INSTRUCTION_POINTER);
        fpu.lastDataPointer = slot.startLong(DATA_POINTER);
        cpu.mxcsr.set(slot.startInt(MXCSR));
        for (int i = 0; i < 8; i++) {
            int at = REGISTERS + 16 * i;
            fpu.setUntagged(i, slot.startShort(at + 8), slot.startLong(at));
        }
        for (int i = 0; i < 32; i++) {
            cpu.xmm[i] = slot.startLong(XMM + 8 * i);
        }
    }

    /** 8 bytes of the FXSAVE image of the embedded processor. */
    static long fxsaveWord(Cpu cpu, int offset) {
        if (offset >= XMM) {
            return cpu.xmm[(offset - XMM) / 8];
        }
        if (offset >= REGISTERS) {
            int register = (offset - REGISTERS) / 16;
            return offset % 16 == 0 ? cpu.fpu.significand(register) : cpu.fpu.exponent(register);
        }
        return switch (offset) {
            case 0 -> X87Image.fxsaveHeader(cpu.fpu);
            case INSTRUCTION_POINTER -> cpu.fpu.lastInstructionPointer;
            case DATA_POINTER -> cpu.fpu.lastDataPointer;
            default -> cpu.mxcsr.get();
        };
    }

    /** Bits that are compared in 8 bytes of the FXSAVE image. */
    static long comparedBits(int offset) {
        if (offset == MXCSR) {
            return 0xFFFF_FFFFL;
        }
        return offset < XMM && offset >= REGISTERS && offset % 16 != 0 ? 0xFFFF : -1L;
    }
}
