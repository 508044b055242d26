package dev.vls.machine.cpu.sse;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Vector;
import dev.vls.machine.cpu.x87.FpuState;

/**
 * XSAVE, XRSTOR and XGETBV for the x87 and SSE components, standard format (Intel SDM volume 1,
 * chapter 13). They raise #UD while {@link Cpu#xcr0} is zero.
 */
public final class ExtendedState {
    /** XCR0 bit of the x87 component. */
    public static final int X87 = 1;

    /** XCR0 bit of the SSE component. */
    public static final int SSE = 2;

    private static final int HEADER_OFFSET = 512;
    private static final int AREA_BYTES = 576;
    private static final int ALIGNMENT = 64;
    private static final long LOW_32 = 0xFFFFFFFFL;

    private ExtendedState() {}

    private static void require(Cpu cpu) {
        if (cpu.xcr0 == 0) {
            throw cpu.raise(Vector.UD);
        }
    }

    private static void requireAligned(Cpu cpu, long address) {
        if (address % ALIGNMENT != 0) {
            throw cpu.raise(Vector.GP, 0);
        }
    }

    private static int requested(Cpu cpu) {
        return (int) (cpu.gpr[Cpu.RAX] & cpu.xcr0);
    }

    /** XGETBV. */
    public static void xgetbv(Cpu cpu) {
        require(cpu);
        if ((cpu.gpr[Cpu.RCX] & LOW_32) != 0) {
            throw cpu.raise(Vector.GP, 0);
        }
        cpu.gpr[Cpu.RAX] = cpu.xcr0 & LOW_32;
        cpu.gpr[Cpu.RDX] = cpu.xcr0 >>> 32;
    }

    /** XSAVE with 32-bit pointers. */
    public static void xsave(Cpu cpu, long address) {
        save(cpu, address, LOW_32);
    }

    /** XSAVE64. */
    public static void xsave64(Cpu cpu, long address) {
        save(cpu, address, -1);
    }

    private static void save(Cpu cpu, long address, long pointerMask) {
        require(cpu);
        requireAligned(cpu, address);
        cpu.checkWrite(address, AREA_BYTES);
        int components = requested(cpu);
        if ((components & X87) != 0) {
            SseState.saveFpu(cpu, address, pointerMask);
        }
        if ((components & SSE) != 0) {
            SseState.saveMxcsr(cpu, address);
            SseState.saveXmm(cpu, address);
        }
        long header = cpu.load64(address + HEADER_OFFSET);
        long inUse = (isInitial(cpu.fpu) ? 0 : X87) | (isXmmZero(cpu) ? 0 : SSE);
        cpu.store64(address + HEADER_OFFSET, (header & ~components) | (inUse & components));
    }

    private static boolean isInitial(FpuState fpu) {
        long rest = fpu.lastInstructionPointer | fpu.lastDataPointer | fpu.lastOpcode;
        for (int i = 0; i < 8; i++) {
            rest |= fpu.significand(i) | fpu.exponent(i);
        }
        return rest == 0
                && fpu.controlWord() == FpuState.CONTROL_INITIAL
                && fpu.statusWord() == 0
                && fpu.abridgedTags() == 0;
    }

    private static boolean isXmmZero(Cpu cpu) {
        long rest = 0;
        for (int i = 0; i < Cpu.XMM_SCRATCH; i++) {
            rest |= cpu.xmm[i];
        }
        return rest == 0;
    }

    /** XRSTOR with 32-bit pointers. */
    public static void xrstor(Cpu cpu, long address) {
        restore(cpu, address, LOW_32);
    }

    /** XRSTOR64. */
    public static void xrstor64(Cpu cpu, long address) {
        restore(cpu, address, -1);
    }

    private static void restore(Cpu cpu, long address, long pointerMask) {
        require(cpu);
        requireAligned(cpu, address);
        cpu.checkRead(address, AREA_BYTES);
        long present = cpu.load64(address + HEADER_OFFSET);
        long reserved =
                cpu.load64(address + HEADER_OFFSET + 8) | cpu.load64(address + HEADER_OFFSET + 16);
        if ((present & ~cpu.xcr0) != 0 || reserved != 0) {
            throw cpu.raise(Vector.GP, 0);
        }
        int components = requested(cpu);
        if ((components & SSE) != 0) {
            SseState.restoreMxcsr(cpu, address);
            if ((present & SSE) != 0) {
                SseState.restoreXmm(cpu, address);
            } else {
                for (int i = 0; i < Cpu.XMM_SCRATCH; i++) {
                    cpu.xmm[i] = 0;
                }
            }
        }
        if ((components & X87) != 0) {
            if ((present & X87) != 0) {
                SseState.restoreFpu(cpu, address, pointerMask);
            } else {
                reset(cpu.fpu);
            }
        }
    }

    /** The initial configuration, in which the registers are zero too. */
    private static void reset(FpuState fpu) {
        fpu.initialize();
        for (int i = 0; i < 8; i++) {
            fpu.setUntagged(i, 0, 0);
        }
    }
}
