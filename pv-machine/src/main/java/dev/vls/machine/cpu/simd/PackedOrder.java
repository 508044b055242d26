package dev.vls.machine.cpu.simd;

import static dev.vls.machine.cpu.simd.Lanes.SIGNS_16;
import static dev.vls.machine.cpu.simd.Lanes.SIGNS_32;
import static dev.vls.machine.cpu.simd.Lanes.SIGNS_8;

import dev.vls.machine.cpu.Cpu;

/** Packed comparisons, minima and maxima. */
public final class PackedOrder {
    private PackedOrder() {}

    public static long pcmpeqb(long a, long b) {
        return Lanes.zero(a ^ b, SIGNS_8, 8);
    }

    public static long pcmpeqw(long a, long b) {
        return Lanes.zero(a ^ b, SIGNS_16, 16);
    }

    public static long pcmpeqd(long a, long b) {
        return Lanes.zero(a ^ b, SIGNS_32, 32);
    }

    public static long pcmpeqq(long a, long b) {
        return a == b ? -1 : 0;
    }

    public static long pcmpgtb(long a, long b) {
        return Lanes.less(b, a, SIGNS_8, 8);
    }

    public static long pcmpgtw(long a, long b) {
        return Lanes.less(b, a, SIGNS_16, 16);
    }

    public static long pcmpgtd(long a, long b) {
        return Lanes.less(b, a, SIGNS_32, 32);
    }

    public static long pcmpgtq(long a, long b) {
        return a > b ? -1 : 0;
    }

    private static long choose(long a, long b, long chosen) {
        return (a & chosen) | (b & ~chosen);
    }

    public static long pminub(long a, long b) {
        return choose(a, b, Lanes.below(a, b, SIGNS_8, 8));
    }

    public static long pminuw(long a, long b) {
        return choose(a, b, Lanes.below(a, b, SIGNS_16, 16));
    }

    public static long pminud(long a, long b) {
        return choose(a, b, Lanes.below(a, b, SIGNS_32, 32));
    }

    public static long pminsb(long a, long b) {
        return choose(a, b, Lanes.less(a, b, SIGNS_8, 8));
    }

    public static long pminsw(long a, long b) {
        return choose(a, b, Lanes.less(a, b, SIGNS_16, 16));
    }

    public static long pminsd(long a, long b) {
        return choose(a, b, Lanes.less(a, b, SIGNS_32, 32));
    }

    public static long pmaxub(long a, long b) {
        return choose(b, a, Lanes.below(a, b, SIGNS_8, 8));
    }

    public static long pmaxuw(long a, long b) {
        return choose(b, a, Lanes.below(a, b, SIGNS_16, 16));
    }

    public static long pmaxud(long a, long b) {
        return choose(b, a, Lanes.below(a, b, SIGNS_32, 32));
    }

    public static long pmaxsb(long a, long b) {
        return choose(b, a, Lanes.less(a, b, SIGNS_8, 8));
    }

    public static long pmaxsw(long a, long b) {
        return choose(b, a, Lanes.less(a, b, SIGNS_16, 16));
    }

    public static long pmaxsd(long a, long b) {
        return choose(b, a, Lanes.less(a, b, SIGNS_32, 32));
    }

    /** PHMINPOSUW: the least word and its first position. */
    public static void phminposuw(Cpu cpu, int destination, int a) {
        long least = 0xFFFF;
        int position = 0;
        for (int i = 0; i < 8; i++) {
            long word = cpu.xmm[a + (i >>> 2)] >>> (16 * (i & 3)) & 0xFFFF;
            if (word < least) {
                least = word;
                position = i;
            }
        }
        cpu.xmm[destination] = least | (long) position << 16;
        cpu.xmm[destination + 1] = 0;
    }
}
