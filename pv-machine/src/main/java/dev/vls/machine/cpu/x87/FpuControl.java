package dev.vls.machine.cpu.x87;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Insn;

/** Kernels of x87 control instructions, and EMMS. */
public final class FpuControl {
    private static final int REGISTER_BYTES = 10;

    private FpuControl() {}

    /** FNOP, FWAIT and the instructions that only the 8087 and 80287 needed. */
    public static void fnop() {}

    /** FNINIT. */
    public static void fninit(Cpu cpu) {
        cpu.fpu.initialize();
    }

    /** FNCLEX. */
    public static void fnclex(Cpu cpu) {
        cpu.fpu.clearExceptions();
    }

    /** FINCSTP. */
    public static void fincstp(Cpu cpu) {
        cpu.fpu.incrementTop();
    }

    /** FDECSTP. */
    public static void fdecstp(Cpu cpu) {
        cpu.fpu.decrementTop();
    }

    /** FLDCW. */
    public static void fldcw(Cpu cpu, long word) {
        cpu.fpu.setControlWord((int) word);
    }

    /** FNSTCW. */
    public static long fnstcw(Cpu cpu) {
        return cpu.fpu.controlWord();
    }

    /** FNSTSW. */
    public static long fnstsw(Cpu cpu) {
        return cpu.fpu.statusWord();
    }

    private static boolean isWide(Insn insn) {
        return insn.operandSize != 16;
    }

    private static int environmentBytes(boolean wide) {
        return X87Image.ENVIRONMENT_WORDS * (wide ? 4 : 2);
    }

    /** FLDENV. */
    public static void fldenv(Cpu cpu, Insn insn, long address) {
        boolean wide = isWide(insn);
        cpu.checkReadEnds(address, wide ? 4 : 2, environmentBytes(wide));
        loadEnvironment(cpu, address, wide);
    }

    private static void loadEnvironment(Cpu cpu, long address, boolean wide) {
        for (int i = 0; i < X87Image.ENVIRONMENT_WORDS; i++) {
            long word = wide ? cpu.load32(address + 4L * i) : cpu.load16(address + 2L * i);
            X87Image.setEnvironment(cpu.fpu, i, (int) word, wide);
        }
    }

    /** FNSTENV: stores the environment, then masks all exceptions. */
    public static void fnstenv(Cpu cpu, Insn insn, long address) {
        boolean wide = isWide(insn);
        cpu.checkWriteEnds(address, wide ? 4 : 2, environmentBytes(wide));
        storeEnvironment(cpu, address, wide);
        X87Image.maskAll(cpu.fpu);
    }

    private static void storeEnvironment(Cpu cpu, long address, boolean wide) {
        for (int i = 0; i < X87Image.ENVIRONMENT_WORDS; i++) {
            int word = X87Image.environment(cpu.fpu, i, wide);
            if (wide) {
                cpu.store32(address + 4L * i, word);
            } else {
                cpu.store16(address + 2L * i, word);
            }
        }
    }

    /** FNSAVE: stores environment and registers, then initialises. */
    public static void fnsave(Cpu cpu, Insn insn, long address) {
        boolean wide = isWide(insn);
        int header = environmentBytes(wide);
        cpu.checkWriteEnds(address, wide ? 4 : 2, header + 8 * REGISTER_BYTES);
        storeEnvironment(cpu, address, wide);
        for (int i = 0; i < 8; i++) {
            long at = address + header + (long) REGISTER_BYTES * i;
            cpu.store64(at, cpu.fpu.significand(i));
            cpu.store16(at + 8, cpu.fpu.exponent(i));
        }
        cpu.fpu.initialize();
    }

    /** FRSTOR. */
    public static void frstor(Cpu cpu, Insn insn, long address) {
        boolean wide = isWide(insn);
        int header = environmentBytes(wide);
        cpu.checkReadEnds(address, wide ? 4 : 2, header + 8 * REGISTER_BYTES);
        loadEnvironment(cpu, address, wide);
        for (int i = 0; i < 8; i++) {
            long at = address + header + (long) REGISTER_BYTES * i;
            long significand = cpu.load64(at);
            cpu.fpu.setUntagged(i, (int) cpu.load16(at + 8), significand);
        }
    }

    /** EMMS: empties all registers; TOP becomes 0. */
    public static void emms(Cpu cpu) {
        cpu.fpu.enterMmx();
        cpu.fpu.setAbridgedTags(0);
    }
}
