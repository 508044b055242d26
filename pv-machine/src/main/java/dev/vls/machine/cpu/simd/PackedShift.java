package dev.vls.machine.cpu.simd;

/** Packed shifts. Counts are unsigned 64-bit values, the same for all elements. */
public final class PackedShift {
    private static final long WORDS = 0x0001_0001_0001_0001L;
    private static final long DOUBLEWORDS = 0x0000_0001_0000_0001L;

    private PackedShift() {}

    private static boolean exceeds(long count, int width) {
        return Long.compareUnsigned(count, width) >= 0;
    }

    public static long psllw(long a, long count) {
        return exceeds(count, 16) ? 0 : a << count & (0xFFFF << count & 0xFFFF) * WORDS;
    }

    public static long pslld(long a, long count) {
        return exceeds(count, 32) ? 0 : a << count & (-1L << count & 0xFFFF_FFFFL) * DOUBLEWORDS;
    }

    public static long psllq(long a, long count) {
        return exceeds(count, 64) ? 0 : a << count;
    }

    public static long psrlw(long a, long count) {
        return exceeds(count, 16) ? 0 : a >>> count & (0xFFFF >>> count) * WORDS;
    }

    public static long psrld(long a, long count) {
        return exceeds(count, 32) ? 0 : a >>> count & (0xFFFF_FFFFL >>> count) * DOUBLEWORDS;
    }

    public static long psrlq(long a, long count) {
        return exceeds(count, 64) ? 0 : a >>> count;
    }

    public static long psraw(long a, long count) {
        long bits = exceeds(count, 16) ? 15 : count;
        long signs = Lanes.spread(a, Lanes.SIGNS_16, 16);
        return psrlw(a, bits) | (signs & ~psrlw(-1, bits));
    }

    public static long psrad(long a, long count) {
        int bits = exceeds(count, 32) ? 31 : (int) count;
        return ((int) a >> bits & 0xFFFF_FFFFL) | (long) ((int) (a >>> 32) >> bits) << 32;
    }
}
