package dev.vls.machine.cpu.simd;

import dev.vls.machine.cpu.Cpu;

/** Choices between the elements of two operands. */
public final class Blend {
    private Blend() {}

    private static long choose(long a, long b, long chosen) {
        return (a & ~chosen) | (b & chosen);
    }

    public static long pblendvb(long a, long b, long mask) {
        return choose(a, b, Lanes.spread(mask, Lanes.SIGNS_8, 8));
    }

    public static long blendvps(long a, long b, long mask) {
        return choose(a, b, Lanes.spread(mask, Lanes.SIGNS_32, 32));
    }

    public static long blendvpd(long a, long b, long mask) {
        return choose(a, b, mask >> 63);
    }

    public static void blendps(Cpu cpu, int a, int b, int selector) {
        blend(cpu, a, b, selector, Lanes.SIGNS_32, 32);
    }

    public static void blendpd(Cpu cpu, int a, int b, int selector) {
        blend(cpu, a, b, selector, Lanes.SIGNS_64, 64);
    }

    public static void pblendw(Cpu cpu, int a, int b, int selector) {
        blend(cpu, a, b, selector, Lanes.SIGNS_16, 16);
    }

    private static void blend(Cpu cpu, int a, int b, int selector, long signs, int width) {
        long low = Lanes.spread(Long.expand(selector, signs), signs, width);
        long high = Lanes.spread(Long.expand(selector >>> (64 / width), signs), signs, width);
        cpu.xmm[a] = choose(cpu.xmm[a], cpu.xmm[b], low);
        cpu.xmm[a + 1] = choose(cpu.xmm[a + 1], cpu.xmm[b + 1], high);
    }
}
