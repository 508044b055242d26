package dev.vls.machine.cpu.sse;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.x87.FpuState;
import dev.vls.machine.cpu.x87.X87Image;
import java.nio.ByteBuffer;

/**
 * The x87, MMX and SSE state of a CPU as a 512-byte FXSAVE64 image outside guest memory: what
 * {@code vcpu_guest_context.fpu_ctxt} and snapshots hold. All buffers are little-endian.
 */
public final class FxsaveImage {
    /** Size of an image. */
    public static final int BYTES = 512;

    private static final int REGISTERS_OFFSET = 32;
    private static final int XMM_OFFSET = 160;

    private FxsaveImage() {}

    /** Writes the whole image at an offset; bytes that FXSAVE leaves alone become zero. */
    public static void store(Cpu cpu, ByteBuffer to, int offset) {
        for (int i = 0; i < BYTES; i += 8) {
            to.putLong(offset + i, 0);
        }
        FpuState fpu = cpu.fpu;
        to.putLong(offset, X87Image.fxsaveHeader(fpu));
        to.putLong(offset + 8, fpu.lastInstructionPointer);
        to.putLong(offset + 16, fpu.lastDataPointer);
        to.putInt(offset + 24, cpu.mxcsr.get());
        to.putInt(offset + 28, MxcsrState.WRITABLE);
        for (int i = 0; i < 8; i++) {
            int at = offset + REGISTERS_OFFSET + 16 * i;
            to.putLong(at, fpu.significand(i));
            to.putLong(at + 8, fpu.exponent(i));
        }
        for (int i = 0; i < Cpu.XMM_SCRATCH; i++) {
            to.putLong(offset + XMM_OFFSET + 8 * i, cpu.xmm[i]);
        }
    }

    /**
     * Loads an image.
     *
     * @return false, with nothing changed, if MXCSR has reserved bits set: FXRSTOR raises #GP then
     */
    public static boolean load(Cpu cpu, ByteBuffer from, int offset) {
        int mxcsr = from.getInt(offset + 24);
        if ((mxcsr & ~MxcsrState.WRITABLE) != 0) {
            return false;
        }
        cpu.mxcsr.set(mxcsr);
        FpuState fpu = cpu.fpu;
        X87Image.setFxsaveHeader(fpu, from.getLong(offset));
        fpu.lastInstructionPointer = from.getLong(offset + 8);
        fpu.lastDataPointer = from.getLong(offset + 16);
        for (int i = 0; i < 8; i++) {
            int at = offset + REGISTERS_OFFSET + 16 * i;
            fpu.setUntagged(i, from.getShort(at + 8) & 0xFFFF, from.getLong(at));
        }
        for (int i = 0; i < Cpu.XMM_SCRATCH; i++) {
            cpu.xmm[i] = from.getLong(offset + XMM_OFFSET + 8 * i);
        }
        return true;
    }

    /** Puts x87, SSE and MXCSR into the state of a vCPU that never used them. */
    public static void reset(Cpu cpu) {
        cpu.fpu.initialize();
        for (int i = 0; i < 8; i++) {
            cpu.fpu.setUntagged(i, 0, 0);
        }
        cpu.mxcsr.set(MxcsrState.INITIAL);
        for (int i = 0; i < Cpu.XMM_SCRATCH; i++) {
            cpu.xmm[i] = 0;
        }
    }
}
