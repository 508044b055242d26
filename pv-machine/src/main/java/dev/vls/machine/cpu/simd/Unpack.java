package dev.vls.machine.cpu.simd;

import dev.vls.machine.cpu.Cpu;

/** Interleaving of elements: PUNPCKL*, PUNPCKH*, UNPCKL*, UNPCKH*. */
public final class Unpack {
    private static final long LOW_DOUBLEWORD = 0xFFFF_FFFFL;

    private Unpack() {}

    /** Four bytes to the low bytes of four words. */
    private static long bytesApart(long a) {
        long words = (a & 0xFFFF) | (a & 0xFFFF_0000L) << 16;
        return (words | words << 8) & 0x00FF_00FF_00FF_00FFL;
    }

    /** Two words to the low words of two doublewords. */
    private static long wordsApart(long a) {
        return (a & 0xFFFF) | (a & 0xFFFF_0000L) << 16;
    }

    /** PUNPCKLBW of 64 bits. */
    public static long lowBytes(long a, long b) {
        return bytesApart(a) | bytesApart(b) << 8;
    }

    /** PUNPCKHBW of 64 bits. */
    public static long highBytes(long a, long b) {
        return lowBytes(a >>> 32, b >>> 32);
    }

    /** PUNPCKLWD of 64 bits. */
    public static long lowWords(long a, long b) {
        return wordsApart(a) | wordsApart(b) << 16;
    }

    /** PUNPCKHWD of 64 bits. */
    public static long highWords(long a, long b) {
        return lowWords(a >>> 32, b >>> 32);
    }

    /** PUNPCKLDQ of 64 bits. */
    public static long lowDoublewords(long a, long b) {
        return (a & LOW_DOUBLEWORD) | b << 32;
    }

    /** PUNPCKHDQ of 64 bits. */
    public static long highDoublewords(long a, long b) {
        return a >>> 32 | (b & ~LOW_DOUBLEWORD);
    }

    private static void bytes(Cpu cpu, int destination, long a, long b) {
        cpu.xmm[destination] = lowBytes(a, b);
        cpu.xmm[destination + 1] = highBytes(a, b);
    }

    private static void words(Cpu cpu, int destination, long a, long b) {
        cpu.xmm[destination] = lowWords(a, b);
        cpu.xmm[destination + 1] = highWords(a, b);
    }

    private static void doublewords(Cpu cpu, int destination, long a, long b) {
        cpu.xmm[destination] = lowDoublewords(a, b);
        cpu.xmm[destination + 1] = highDoublewords(a, b);
    }

    public static void punpcklbw(Cpu cpu, int a, int b) {
        bytes(cpu, a, cpu.xmm[a], cpu.xmm[b]);
    }

    public static void punpckhbw(Cpu cpu, int a, int b) {
        bytes(cpu, a, cpu.xmm[a + 1], cpu.xmm[b + 1]);
    }

    public static void punpcklwd(Cpu cpu, int a, int b) {
        words(cpu, a, cpu.xmm[a], cpu.xmm[b]);
    }

    public static void punpckhwd(Cpu cpu, int a, int b) {
        words(cpu, a, cpu.xmm[a + 1], cpu.xmm[b + 1]);
    }

    public static void punpckldq(Cpu cpu, int a, int b) {
        doublewords(cpu, a, cpu.xmm[a], cpu.xmm[b]);
    }

    public static void punpckhdq(Cpu cpu, int a, int b) {
        doublewords(cpu, a, cpu.xmm[a + 1], cpu.xmm[b + 1]);
    }

    public static void punpcklqdq(Cpu cpu, int a, int b) {
        cpu.xmm[a + 1] = cpu.xmm[b];
    }

    public static void punpckhqdq(Cpu cpu, int a, int b) {
        cpu.xmm[a] = cpu.xmm[a + 1];
        cpu.xmm[a + 1] = cpu.xmm[b + 1];
    }
}
