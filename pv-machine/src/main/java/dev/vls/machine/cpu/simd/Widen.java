package dev.vls.machine.cpu.simd;

import dev.vls.machine.cpu.Cpu;

/** PMOVSX and PMOVZX: elements to wider elements. */
public final class Widen {
    private Widen() {}

    /** Fills 64 bits with the lowest elements of a source. */
    private static long signed(long a, int from, int to) {
        long result = 0;
        for (int i = 0; i < 64 / to; i++) {
            long element = a << (64 - from * (i + 1)) >> (64 - from);
            result |= (element & -1L >>> (64 - to)) << (to * i);
        }
        return result;
    }

    private static long unsigned(long a, int from, int to) {
        long result = 0;
        for (int i = 0; i < 64 / to; i++) {
            result |= (a >>> (from * i) & -1L >>> (64 - from)) << (to * i);
        }
        return result;
    }

    private static void signExtend(Cpu cpu, int destination, long a, int from, int to) {
        cpu.xmm[destination] = signed(a, from, to);
        cpu.xmm[destination + 1] = signed(a >>> (from * (64 / to)), from, to);
    }

    private static void zeroExtend(Cpu cpu, int destination, long a, int from, int to) {
        cpu.xmm[destination] = unsigned(a, from, to);
        cpu.xmm[destination + 1] = unsigned(a >>> (from * (64 / to)), from, to);
    }

    public static void pmovsxbw(Cpu cpu, int destination, long a) {
        signExtend(cpu, destination, a, 8, 16);
    }

    public static void pmovsxbd(Cpu cpu, int destination, long a) {
        signExtend(cpu, destination, a, 8, 32);
    }

    public static void pmovsxbq(Cpu cpu, int destination, long a) {
        signExtend(cpu, destination, a, 8, 64);
    }

    public static void pmovsxwd(Cpu cpu, int destination, long a) {
        signExtend(cpu, destination, a, 16, 32);
    }

    public static void pmovsxwq(Cpu cpu, int destination, long a) {
        signExtend(cpu, destination, a, 16, 64);
    }

    public static void pmovsxdq(Cpu cpu, int destination, long a) {
        signExtend(cpu, destination, a, 32, 64);
    }

    public static void pmovzxbw(Cpu cpu, int destination, long a) {
        zeroExtend(cpu, destination, a, 8, 16);
    }

    public static void pmovzxbd(Cpu cpu, int destination, long a) {
        zeroExtend(cpu, destination, a, 8, 32);
    }

    public static void pmovzxbq(Cpu cpu, int destination, long a) {
        zeroExtend(cpu, destination, a, 8, 64);
    }

    public static void pmovzxwd(Cpu cpu, int destination, long a) {
        zeroExtend(cpu, destination, a, 16, 32);
    }

    public static void pmovzxwq(Cpu cpu, int destination, long a) {
        zeroExtend(cpu, destination, a, 16, 64);
    }

    public static void pmovzxdq(Cpu cpu, int destination, long a) {
        zeroExtend(cpu, destination, a, 32, 64);
    }
}
