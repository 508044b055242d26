package dev.vls.machine.cpu.simd;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Insn;

/** Moves between registers, halves of registers, and memory. */
public final class SimdMove {
    private static final long LOW_DOUBLEWORD = 0xFFFF_FFFFL;
    private static final long SIGNS_OF_BYTES = 0x8080_8080_8080_8080L;

    private SimdMove() {}

    public static long copy(long a) {
        return a;
    }

    /** MOVD, MOVQ, MOVSS and MOVSD that clear the rest of the register. */
    public static void zeroExtend(Cpu cpu, int destination, long a) {
        cpu.xmm[destination] = a;
        cpu.xmm[destination + 1] = 0;
    }

    /** MOVHLPS, and MOVHPS and MOVHPD to memory. */
    public static long highHalf(Cpu cpu, int a) {
        return cpu.xmm[a + 1];
    }

    /** MOVLHPS, and MOVHPS and MOVHPD from memory. */
    public static void setHighHalf(Cpu cpu, int destination, long a) {
        cpu.xmm[destination + 1] = a;
    }

    public static long movsldup(long a) {
        return (a & LOW_DOUBLEWORD) | a << 32;
    }

    public static long movshdup(long a) {
        return (a & ~LOW_DOUBLEWORD) | a >>> 32;
    }

    public static long movmskps(Cpu cpu, int a) {
        return signsOfDoublewords(cpu.xmm[a]) | signsOfDoublewords(cpu.xmm[a + 1]) << 2;
    }

    private static long signsOfDoublewords(long a) {
        return (a >>> 31 & 1) | (a >>> 63) << 1;
    }

    public static long movmskpd(Cpu cpu, int a) {
        return cpu.xmm[a] >>> 63 | (cpu.xmm[a + 1] >>> 63) << 1;
    }

    /** PMOVMSKB of 64 bits. */
    public static long signsOfBytes(long a) {
        return Long.compress(a, SIGNS_OF_BYTES);
    }

    public static long pmovmskb(Cpu cpu, int a) {
        return signsOfBytes(cpu.xmm[a]) | signsOfBytes(cpu.xmm[a + 1]) << 8;
    }

    /** MASKMOVQ. The mask spares no access checks; the manual leaves that open. */
    public static void maskmovq(Cpu cpu, Insn insn, long a, long mask) {
        long linear = implicitDestination(cpu, insn, 0);
        cpu.checkWrite(linear, 8);
        storeSelected(cpu, linear, a, signsOfBytes(mask));
    }

    /** MASKMOVDQU. Two stores of 8 bytes, the upper checked first, again whatever the mask. */
    public static void maskmovdqu(Cpu cpu, Insn insn, int a, int mask) {
        long low = implicitDestination(cpu, insn, 0);
        long high = implicitDestination(cpu, insn, 8);
        cpu.checkWrite(high, 8);
        cpu.checkWrite(low, 8);
        storeSelected(cpu, low, cpu.xmm[a], signsOfBytes(cpu.xmm[mask]));
        storeSelected(cpu, high, cpu.xmm[a + 1], signsOfBytes(cpu.xmm[mask + 1]));
    }

    private static long implicitDestination(Cpu cpu, Insn insn, int displacement) {
        long offset = cpu.gpr[Cpu.RDI] + displacement;
        if (insn.address32) {
            offset &= LOW_DOUBLEWORD;
        }
        return offset + cpu.segmentBase[insn.segment];
    }

    private static void storeSelected(Cpu cpu, long linear, long bytes, long selected) {
        for (long rest = selected; rest != 0; rest &= rest - 1) {
            int i = Long.numberOfTrailingZeros(rest);
            cpu.store8(linear + i, bytes >>> (8 * i) & 0xFF);
        }
    }
}
