package dev.vls.machine.cpu.x87;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Flags;
import dev.vls.machine.cpu.Insn;

/** Kernels of x87 arithmetic and comparison; the reg field of ModRM tells the operation. */
public final class FpuArithmetic {
    private FpuArithmetic() {}

    private static int operation(Insn insn) {
        return insn.reg & 7;
    }

    /** FADD, FMUL, FSUB, FSUBR, FDIV, FDIVR of ST(0) and ST(i) (D8). */
    public static void toTop(Cpu cpu, Insn insn, int i) {
        X87Arithmetic.toTop(cpu.fpu, operation(insn), i);
    }

    /** The same to ST(i) (DC). */
    public static void toRegister(Cpu cpu, Insn insn, int i) {
        X87Arithmetic.toRegister(cpu.fpu, operation(insn), i);
    }

    /** FADDP and relatives (DE). */
    public static void toRegisterPop(Cpu cpu, Insn insn, int i) {
        X87Arithmetic.toRegisterPop(cpu.fpu, operation(insn), i);
    }

    /** FADD m32fp and relatives. */
    public static void memory32(Cpu cpu, Insn insn, long bits) {
        X87Arithmetic.memory32(cpu.fpu, operation(insn), (int) bits);
    }

    /** FADD m64fp and relatives. */
    public static void memory64(Cpu cpu, Insn insn, long bits) {
        X87Arithmetic.memory64(cpu.fpu, operation(insn), bits);
    }

    /** FIADD m16int and relatives. */
    public static void integer16(Cpu cpu, Insn insn, long value) {
        X87Arithmetic.memoryInteger(cpu.fpu, operation(insn), (short) value);
    }

    /** FIADD m32int and relatives. */
    public static void integer32(Cpu cpu, Insn insn, long value) {
        int signed = (int) value;
        X87Arithmetic.memoryInteger(cpu.fpu, operation(insn), signed);
    }

    /** FCOM. */
    public static void fcom(Cpu cpu, int i) {
        X87Compare.register(cpu.fpu, i, false, 0);
    }

    /** FCOMP. */
    public static void fcomp(Cpu cpu, int i) {
        X87Compare.register(cpu.fpu, i, false, 1);
    }

    /** FUCOM. */
    public static void fucom(Cpu cpu, int i) {
        X87Compare.register(cpu.fpu, i, true, 0);
    }

    /** FUCOMP. */
    public static void fucomp(Cpu cpu, int i) {
        X87Compare.register(cpu.fpu, i, true, 1);
    }

    /** FCOMPP. */
    public static void fcompp(Cpu cpu) {
        X87Compare.register(cpu.fpu, 1, false, 2);
    }

    /** FUCOMPP. */
    public static void fucompp(Cpu cpu) {
        X87Compare.register(cpu.fpu, 1, true, 2);
    }

    /** FCOM m32fp. */
    public static void fcom32(Cpu cpu, long value) {
        X87Compare.memory32(cpu.fpu, (int) value, 0);
    }

    /** FCOMP m32fp. */
    public static void fcomp32(Cpu cpu, long value) {
        X87Compare.memory32(cpu.fpu, (int) value, 1);
    }

    /** FCOM m64fp. */
    public static void fcom64(Cpu cpu, long value) {
        X87Compare.memory64(cpu.fpu, value, 0);
    }

    /** FCOMP m64fp. */
    public static void fcomp64(Cpu cpu, long value) {
        X87Compare.memory64(cpu.fpu, value, 1);
    }

    /** FICOM m16int. */
    public static void ficom16(Cpu cpu, long value) {
        X87Compare.memoryInteger(cpu.fpu, (short) value, 0);
    }

    /** FICOMP m16int. */
    public static void ficomp16(Cpu cpu, long value) {
        X87Compare.memoryInteger(cpu.fpu, (short) value, 1);
    }

    /** FICOM m32int. */
    public static void ficom32(Cpu cpu, long value) {
        int signed = (int) value;
        X87Compare.memoryInteger(cpu.fpu, signed, 0);
    }

    /** FICOMP m32int. */
    public static void ficomp32(Cpu cpu, long value) {
        int signed = (int) value;
        X87Compare.memoryInteger(cpu.fpu, signed, 1);
    }

    private static void flags(Cpu cpu, int outcome) {
        Flags.setArithmetic(cpu, outcome);
    }

    /** FCOMI. */
    public static void fcomi(Cpu cpu, int i) {
        flags(cpu, X87Compare.toFlags(cpu.fpu, i, false, false));
    }

    /** FCOMIP. */
    public static void fcomip(Cpu cpu, int i) {
        flags(cpu, X87Compare.toFlags(cpu.fpu, i, false, true));
    }

    /** FUCOMI. */
    public static void fucomi(Cpu cpu, int i) {
        flags(cpu, X87Compare.toFlags(cpu.fpu, i, true, false));
    }

    /** FUCOMIP. */
    public static void fucomip(Cpu cpu, int i) {
        flags(cpu, X87Compare.toFlags(cpu.fpu, i, true, true));
    }

    /** FTST. */
    public static void ftst(Cpu cpu) {
        X87Compare.test(cpu.fpu);
    }

    /** FXAM. */
    public static void fxam(Cpu cpu) {
        X87Compare.examine(cpu.fpu);
    }

    /** FCHS. */
    public static void fchs(Cpu cpu) {
        X87Compare.changeSign(cpu.fpu);
    }

    /** FABS. */
    public static void fabs(Cpu cpu) {
        X87Compare.absolute(cpu.fpu);
    }

    /** FSQRT. */
    public static void fsqrt(Cpu cpu) {
        X87Arithmetic.squareRoot(cpu.fpu);
    }

    /** FRNDINT. */
    public static void frndint(Cpu cpu) {
        X87Remainder.roundToInteger(cpu.fpu);
    }

    /** FSCALE. */
    public static void fscale(Cpu cpu) {
        X87Remainder.scale(cpu.fpu);
    }

    /** FXTRACT. */
    public static void fxtract(Cpu cpu) {
        X87Remainder.extract(cpu.fpu);
    }

    /** FSIN. */
    public static void fsin(Cpu cpu) {
        X87Transcendental.sine(cpu.fpu);
    }

    /** FCOS. */
    public static void fcos(Cpu cpu) {
        X87Transcendental.cosine(cpu.fpu);
    }

    /** FSINCOS. */
    public static void fsincos(Cpu cpu) {
        X87Transcendental.sineCosine(cpu.fpu);
    }

    /** FPTAN. */
    public static void fptan(Cpu cpu) {
        X87Transcendental.tangent(cpu.fpu);
    }

    /** FPATAN. */
    public static void fpatan(Cpu cpu) {
        X87Transcendental.arcTangent(cpu.fpu);
    }

    /** F2XM1. */
    public static void f2xm1(Cpu cpu) {
        X87Transcendental.powerMinusOne(cpu.fpu);
    }

    /** FYL2X. */
    public static void fyl2x(Cpu cpu) {
        X87Transcendental.logarithm(cpu.fpu);
    }

    /** FYL2XP1. */
    public static void fyl2xp1(Cpu cpu) {
        X87Transcendental.logarithmPlusOne(cpu.fpu);
    }

    /** FPREM. */
    public static void fprem(Cpu cpu) {
        X87Remainder.remainder(cpu.fpu, false);
    }

    /** FPREM1. */
    public static void fprem1(Cpu cpu) {
        X87Remainder.remainder(cpu.fpu, true);
    }
}
