package dev.vls.machine.cpu.simd;

import static dev.vls.machine.cpu.simd.Lanes.SIGNS_16;
import static dev.vls.machine.cpu.simd.Lanes.SIGNS_32;
import static dev.vls.machine.cpu.simd.Lanes.SIGNS_8;

import dev.vls.machine.cpu.Cpu;

/** Packed additions and subtractions, and what is made of them. */
public final class PackedSum {
    private static final long BYTES_OF_WORDS = 0x00FF_00FF_00FF_00FFL;

    private PackedSum() {}

    // --- wrapping ---

    public static long paddb(long a, long b) {
        return Lanes.add(a, b, SIGNS_8);
    }

    public static long paddw(long a, long b) {
        return Lanes.add(a, b, SIGNS_16);
    }

    public static long paddd(long a, long b) {
        return Lanes.add(a, b, SIGNS_32);
    }

    public static long paddq(long a, long b) {
        return a + b;
    }

    public static long psubb(long a, long b) {
        return Lanes.subtract(a, b, SIGNS_8);
    }

    public static long psubw(long a, long b) {
        return Lanes.subtract(a, b, SIGNS_16);
    }

    public static long psubd(long a, long b) {
        return Lanes.subtract(a, b, SIGNS_32);
    }

    public static long psubq(long a, long b) {
        return a - b;
    }

    // --- saturating ---

    private static long addSigned(long a, long b, long signs, int width) {
        long sum = Lanes.add(a, b, signs);
        long overflow = Lanes.spread(~(a ^ b) & (a ^ sum), signs, width);
        return (sum & ~overflow) | (Lanes.saturation(a, signs, width) & overflow);
    }

    private static long subtractSigned(long a, long b, long signs, int width) {
        long difference = Lanes.subtract(a, b, signs);
        long overflow = Lanes.spread((a ^ b) & (a ^ difference), signs, width);
        return (difference & ~overflow) | (Lanes.saturation(a, signs, width) & overflow);
    }

    private static long addUnsigned(long a, long b, long signs, int width) {
        long sum = Lanes.add(a, b, signs);
        return sum | Lanes.spread(Lanes.carry(a, b, sum), signs, width);
    }

    private static long subtractUnsigned(long a, long b, long signs, int width) {
        long difference = Lanes.subtract(a, b, signs);
        return difference & ~Lanes.spread(Lanes.borrow(a, b, difference), signs, width);
    }

    public static long paddsb(long a, long b) {
        return addSigned(a, b, SIGNS_8, 8);
    }

    public static long paddsw(long a, long b) {
        return addSigned(a, b, SIGNS_16, 16);
    }

    public static long paddusb(long a, long b) {
        return addUnsigned(a, b, SIGNS_8, 8);
    }

    public static long paddusw(long a, long b) {
        return addUnsigned(a, b, SIGNS_16, 16);
    }

    public static long psubsb(long a, long b) {
        return subtractSigned(a, b, SIGNS_8, 8);
    }

    public static long psubsw(long a, long b) {
        return subtractSigned(a, b, SIGNS_16, 16);
    }

    public static long psubusb(long a, long b) {
        return subtractUnsigned(a, b, SIGNS_8, 8);
    }

    public static long psubusw(long a, long b) {
        return subtractUnsigned(a, b, SIGNS_16, 16);
    }

    // --- horizontal: neighbours are brought into line first ---

    private static long evenWords(long a, long b) {
        return firstWords(a) | firstWords(b) << 32;
    }

    private static long oddWords(long a, long b) {
        return firstWords(a >>> 16) | firstWords(b >>> 16) << 32;
    }

    /** The low word of each doubleword, packed. */
    private static long firstWords(long a) {
        return (a & 0xFFFF) | (a >>> 16 & 0xFFFF_0000L);
    }

    public static long phaddw(long a, long b) {
        return paddw(evenWords(a, b), oddWords(a, b));
    }

    public static long phaddd(long a, long b) {
        return paddd(Unpack.lowDoublewords(a, b), Unpack.highDoublewords(a, b));
    }

    public static long phaddsw(long a, long b) {
        return paddsw(evenWords(a, b), oddWords(a, b));
    }

    public static long phsubw(long a, long b) {
        return psubw(evenWords(a, b), oddWords(a, b));
    }

    public static long phsubd(long a, long b) {
        return psubd(Unpack.lowDoublewords(a, b), Unpack.highDoublewords(a, b));
    }

    public static long phsubsw(long a, long b) {
        return psubsw(evenWords(a, b), oddWords(a, b));
    }

    // --- averages, rounded up ---

    private static long average(long a, long b, long signs) {
        return Lanes.subtract(a | b, (a ^ b) >>> 1 & ~signs, signs);
    }

    public static long pavgb(long a, long b) {
        return average(a, b, SIGNS_8);
    }

    public static long pavgw(long a, long b) {
        return average(a, b, SIGNS_16);
    }

    // --- absolute values and signs ---

    /** Negates the lanes where a mask is all ones. */
    private static long negate(long a, long mask, long signs) {
        return Lanes.subtract(a ^ mask, mask, signs);
    }

    private static long absolute(long a, long signs, int width) {
        return negate(a, Lanes.spread(a, signs, width), signs);
    }

    private static long sign(long a, long b, long signs, int width) {
        return negate(a, Lanes.spread(b, signs, width), signs) & ~Lanes.zero(b, signs, width);
    }

    public static long pabsb(long a) {
        return absolute(a, SIGNS_8, 8);
    }

    public static long pabsw(long a) {
        return absolute(a, SIGNS_16, 16);
    }

    public static long pabsd(long a) {
        return absolute(a, SIGNS_32, 32);
    }

    public static long psignb(long a, long b) {
        return sign(a, b, SIGNS_8, 8);
    }

    public static long psignw(long a, long b) {
        return sign(a, b, SIGNS_16, 16);
    }

    public static long psignd(long a, long b) {
        return sign(a, b, SIGNS_32, 32);
    }

    // --- sums of absolute differences ---

    public static long psadbw(long a, long b) {
        long difference = psubusb(a, b) | psubusb(b, a);
        long words = (difference & BYTES_OF_WORDS) + (difference >>> 8 & BYTES_OF_WORDS);
        return (words * 0x0001_0001_0001_0001L) >>> 48;
    }

    /** MPSADBW: bits 1:0 choose four bytes of the source, bit 2 where the destination begins. */
    public static void mpsadbw(Cpu cpu, int a, int b, int control) {
        long four = cpu.xmm[b + (control >>> 1 & 1)] >>> (32 * (control & 1));
        long low = cpu.xmm[a];
        long high = cpu.xmm[a + 1];
        int start = control & 4;
        cpu.xmm[a] = slidingDifferences(low, high, start, four);
        cpu.xmm[a + 1] = slidingDifferences(low, high, start + 4, four);
    }

    /** Four sums, for the windows of four bytes that begin at {@code start} and behind it. */
    private static long slidingDifferences(long low, long high, int start, long four) {
        long result = 0;
        for (int i = 0; i < 4; i++) {
            long window = Shuffle.window(low, high, 0, start + i) & 0xFFFF_FFFFL;
            result |= psadbw(window, four & 0xFFFF_FFFFL) << (16 * i);
        }
        return result;
    }
}
