package dev.vls.machine.cpu.simd;

import dev.vls.machine.cpu.Cpu;

/**
 * Permutations of elements. Kernels read all they need before they write: operands may coincide.
 */
public final class Shuffle {
    private Shuffle() {}

    private static long doubleword(Cpu cpu, int a, int i) {
        return cpu.xmm[a + (i >>> 1 & 1)] >>> (32 * (i & 1)) & 0xFFFF_FFFFL;
    }

    /** Two doublewords, chosen by the low four bits of an order. */
    private static long doublewordPair(Cpu cpu, int a, int order) {
        return doubleword(cpu, a, order) | doubleword(cpu, a, order >>> 2) << 32;
    }

    /** PSHUFW. */
    public static long words(long a, int order) {
        return word(a, order)
                | word(a, order >>> 2) << 16
                | word(a, order >>> 4) << 32
                | word(a, order >>> 6) << 48;
    }

    private static long word(long a, int i) {
        return a >>> (16 * (i & 3)) & 0xFFFF;
    }

    public static void pshufd(Cpu cpu, int destination, int a, int order) {
        long low = doublewordPair(cpu, a, order);
        cpu.xmm[destination + 1] = doublewordPair(cpu, a, order >>> 4);
        cpu.xmm[destination] = low;
    }

    public static void pshuflw(Cpu cpu, int destination, int a, int order) {
        cpu.xmm[destination] = words(cpu.xmm[a], order);
        cpu.xmm[destination + 1] = cpu.xmm[a + 1];
    }

    public static void pshufhw(Cpu cpu, int destination, int a, int order) {
        cpu.xmm[destination] = cpu.xmm[a];
        cpu.xmm[destination + 1] = words(cpu.xmm[a + 1], order);
    }

    public static void shufps(Cpu cpu, int a, int b, int order) {
        long low = doublewordPair(cpu, a, order);
        cpu.xmm[a + 1] = doublewordPair(cpu, b, order >>> 4);
        cpu.xmm[a] = low;
    }

    public static void shufpd(Cpu cpu, int a, int b, int order) {
        long low = cpu.xmm[a + (order & 1)];
        cpu.xmm[a + 1] = cpu.xmm[b + (order >>> 1 & 1)];
        cpu.xmm[a] = low;
    }

    /** PSHUFB of 64 bits. */
    public static long bytes(long a, long order) {
        return shuffledBytes(a, a, order);
    }

    public static void pshufb(Cpu cpu, int a, int order) {
        long low = cpu.xmm[a];
        long high = cpu.xmm[a + 1];
        long lowOrder = cpu.xmm[order];
        long highOrder = cpu.xmm[order + 1];
        cpu.xmm[a] = shuffledBytes(low, high, lowOrder);
        cpu.xmm[a + 1] = shuffledBytes(low, high, highOrder);
    }

    private static long shuffledBytes(long low, long high, long order) {
        long result = 0;
        for (int shift = 0; shift < 64; shift += 8) {
            int choice = (int) (order >>> shift);
            if ((choice & 0x80) == 0) {
                long half = (choice & 8) == 0 ? low : high;
                result |= (half >>> (8 * (choice & 7)) & 0xFF) << shift;
            }
        }
        return result;
    }

    /** PALIGNR of 64 bits. */
    public static long alignBytes(long a, long b, int count) {
        return count >= 16 ? 0 : window(b, a, 0, count);
    }

    public static void palignr(Cpu cpu, int a, int b, int count) {
        long b0 = cpu.xmm[b];
        long b1 = cpu.xmm[b + 1];
        long a0 = cpu.xmm[a];
        long a1 = cpu.xmm[a + 1];
        int bytes = count & 7;
        long low = 0;
        long high = 0;
        switch (count >>> 3) {
            case 0 -> {
                low = window(b0, b1, a0, bytes);
                high = window(b1, a0, a1, bytes);
            }
            case 1 -> {
                low = window(b1, a0, a1, bytes);
                high = window(a0, a1, 0, bytes);
            }
            case 2 -> {
                low = window(a0, a1, 0, bytes);
                high = window(a1, 0, 0, bytes);
            }
            case 3 -> low = window(a1, 0, 0, bytes);
            default -> {
                // Everything is shifted out.
            }
        }
        cpu.xmm[a] = low;
        cpu.xmm[a + 1] = high;
    }

    /** PSLLDQ. */
    public static void pslldq(Cpu cpu, int a, int count) {
        long low = cpu.xmm[a];
        long high = cpu.xmm[a + 1];
        if (count >= 16) {
            low = 0;
            high = 0;
        } else if (count >= 8) {
            high = low << (8 * (count - 8));
            low = 0;
        } else if (count > 0) {
            high = high << (8 * count) | low >>> (64 - 8 * count);
            low = low << (8 * count);
        }
        cpu.xmm[a] = low;
        cpu.xmm[a + 1] = high;
    }

    /** PSRLDQ. */
    public static void psrldq(Cpu cpu, int a, int count) {
        long low = cpu.xmm[a];
        long high = cpu.xmm[a + 1];
        cpu.xmm[a] = count >= 16 ? 0 : window(low, high, 0, count);
        cpu.xmm[a + 1] = count >= 8 ? 0 : window(high, 0, 0, count);
    }

    /** Eight bytes at an offset, below 16, into three longs in a row. */
    static long window(long first, long second, long third, int offset) {
        long low = offset < 8 ? first : second;
        long high = offset < 8 ? second : third;
        int shift = 8 * (offset & 7);
        return shift == 0 ? low : low >>> shift | high << (64 - shift);
    }
}
