package dev.vls.machine.cpu.sse;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Insn;
import dev.vls.machine.cpu.Vector;
import dev.vls.machine.cpu.x87.FpuState;
import dev.vls.machine.cpu.x87.X87Image;

/** LDMXCSR, STMXCSR, FXSAVE and FXRSTOR (Intel SDM volume 1, section 10.5). */
public final class SseState {
    private static final int IMAGE_BYTES = 512;
    private static final int MXCSR_OFFSET = 24;
    private static final int REGISTERS_OFFSET = 32;
    private static final int XMM_OFFSET = 160;
    private static final long LOW_32 = 0xFFFFFFFFL;

    private SseState() {}

    /** LDMXCSR. */
    public static void ldmxcsr(Cpu cpu, long value) {
        if ((value & ~MxcsrState.WRITABLE) != 0) {
            throw cpu.raise(Vector.GP, 0);
        }
        cpu.mxcsr.set((int) value);
    }

    /** STMXCSR. */
    public static long stmxcsr(Cpu cpu) {
        return cpu.mxcsr.get();
    }

    /** FXSAVE with 32-bit instruction and data pointers. */
    public static void fxsave(Cpu cpu, Insn insn, long address) {
        save(cpu, insn, address, LOW_32);
    }

    /** FXSAVE64. */
    public static void fxsave64(Cpu cpu, Insn insn, long address) {
        save(cpu, insn, address, -1);
    }

    private static void checkAligned(Cpu cpu, long address) {
        cpu.checkCanonical(address);
        if ((address & 15) != 0) {
            throw cpu.raise(Vector.GP, 0);
        }
    }

    private static void save(Cpu cpu, Insn insn, long address, long pointerMask) {
        checkAligned(cpu, address);
        cpu.checkWrite(insn.addressPlus(cpu, IMAGE_BYTES - 1), 1);
        cpu.checkWrite(address, IMAGE_BYTES);
        saveFpu(cpu, address, pointerMask);
        saveMxcsr(cpu, address);
        saveXmm(cpu, address);
    }

    static void saveFpu(Cpu cpu, long address, long pointerMask) {
        FpuState fpu = cpu.fpu;
        cpu.store64(address, X87Image.fxsaveHeader(fpu));
        cpu.store64(address + 8, fpu.lastInstructionPointer & pointerMask);
        cpu.store64(address + 16, fpu.lastDataPointer & pointerMask);
        for (int i = 0; i < 8; i++) {
            long at = address + REGISTERS_OFFSET + 16L * i;
            cpu.store64(at, fpu.significand(i));
            cpu.store64(at + 8, fpu.exponent(i));
        }
    }

    static void saveMxcsr(Cpu cpu, long address) {
        cpu.store64(address + MXCSR_OFFSET, cpu.mxcsr.get() | (long) MxcsrState.WRITABLE << 32);
    }

    static void saveXmm(Cpu cpu, long address) {
        for (int i = 0; i < Cpu.XMM_SCRATCH; i++) {
            cpu.store64(address + XMM_OFFSET + 8L * i, cpu.xmm[i]);
        }
    }

    /** FXRSTOR with 32-bit instruction and data pointers. */
    public static void fxrstor(Cpu cpu, Insn insn, long address) {
        restore(cpu, insn, address, LOW_32);
    }

    /** FXRSTOR64. */
    public static void fxrstor64(Cpu cpu, Insn insn, long address) {
        restore(cpu, insn, address, -1);
    }

    private static void restore(Cpu cpu, Insn insn, long address, long pointerMask) {
        checkAligned(cpu, address);
        cpu.checkRead(insn.addressPlus(cpu, IMAGE_BYTES - 1), 1);
        cpu.checkRead(address, IMAGE_BYTES);
        restoreMxcsr(cpu, address);
        restoreFpu(cpu, address, pointerMask);
        restoreXmm(cpu, address);
    }

    static void restoreFpu(Cpu cpu, long address, long pointerMask) {
        FpuState fpu = cpu.fpu;
        X87Image.setFxsaveHeader(fpu, cpu.load64(address));
        fpu.lastInstructionPointer = instructionPointer(cpu.load64(address + 8) & pointerMask);
        fpu.lastDataPointer = cpu.load64(address + 16) & pointerMask;
        for (int i = 0; i < 8; i++) {
            long at = address + REGISTERS_OFFSET + 16L * i;
            fpu.setUntagged(i, (int) cpu.load16(at + 8), cpu.load64(at));
        }
    }

    /** Of the instruction pointer, processors with five levels of page tables keep 57 bits. */
    private static long instructionPointer(long pointer) {
        return pointer << 7 >> 7;
    }

    static void restoreMxcsr(Cpu cpu, long address) {
        ldmxcsr(cpu, cpu.load32(address + MXCSR_OFFSET));
    }

    static void restoreXmm(Cpu cpu, long address) {
        for (int i = 0; i < Cpu.XMM_SCRATCH; i++) {
            cpu.xmm[i] = cpu.load64(address + XMM_OFFSET + 8L * i);
        }
    }
}
