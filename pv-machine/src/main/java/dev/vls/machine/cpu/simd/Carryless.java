package dev.vls.machine.cpu.simd;

import dev.vls.machine.cpu.Cpu;

/** Multiplication of polynomials over GF(2). */
public final class Carryless {
    private Carryless() {}

    /** PCLMULQDQ: bits 0 and 4 choose the halves to multiply. */
    public static void pclmulqdq(Cpu cpu, int a, int b, int control) {
        long first = cpu.xmm[a + (control & 1)];
        long second = cpu.xmm[b + (control >>> 4 & 1)];
        long low = 0;
        long high = 0;
        for (long rest = second; rest != 0; rest &= rest - 1) {
            int shift = Long.numberOfTrailingZeros(rest);
            low ^= first << shift;
            // In two steps, for a shift by 64 would be none.
            high ^= first >>> 1 >>> (63 - shift);
        }
        cpu.xmm[a] = low;
        cpu.xmm[a + 1] = high;
    }
}
