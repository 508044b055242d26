package dev.vls.machine.cpu.simd;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Flags;

/** Bitwise logic, under its integer and its floating-point names. */
public final class Logic {
    private Logic() {}

    public static long pand(long a, long b) {
        return a & b;
    }

    public static long pandn(long a, long b) {
        return ~a & b;
    }

    public static long por(long a, long b) {
        return a | b;
    }

    public static long pxor(long a, long b) {
        return a ^ b;
    }

    public static void ptest(Cpu cpu, int a, int b) {
        long[] xmm = cpu.xmm;
        boolean disjoint = ((xmm[a] & xmm[b]) | (xmm[a + 1] & xmm[b + 1])) == 0;
        boolean covered = ((~xmm[a] & xmm[b]) | (~xmm[a + 1] & xmm[b + 1])) == 0;
        Flags.setArithmetic(cpu, (disjoint ? Flags.ZF : 0) | (covered ? Flags.CF : 0));
    }
}
