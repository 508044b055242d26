package dev.vls.machine.cpu.simd;

/** Packed multiplications. */
public final class PackedProduct {
    private static final long LOW_DOUBLEWORD = 0xFFFF_FFFFL;

    private PackedProduct() {}

    public static long pmullw(long a, long b) {
        long result = 0;
        for (int shift = 0; shift < 64; shift += 16) {
            result |= ((a >>> shift) * (b >>> shift) & 0xFFFF) << shift;
        }
        return result;
    }

    public static long pmulhw(long a, long b) {
        long result = 0;
        for (int shift = 0; shift < 64; shift += 16) {
            int product = (short) (a >>> shift) * (short) (b >>> shift);
            result |= (product >>> 16 & 0xFFFFL) << shift;
        }
        return result;
    }

    public static long pmulhuw(long a, long b) {
        long result = 0;
        for (int shift = 0; shift < 64; shift += 16) {
            long product = (a >>> shift & 0xFFFF) * (b >>> shift & 0xFFFF);
            result |= product >>> 16 << shift;
        }
        return result;
    }

    public static long pmulhrsw(long a, long b) {
        long result = 0;
        for (int shift = 0; shift < 64; shift += 16) {
            int product = (short) (a >>> shift) * (short) (b >>> shift);
            result |= (((product >> 14) + 1) >> 1 & 0xFFFFL) << shift;
        }
        return result;
    }

    public static long pmulld(long a, long b) {
        return (a * b & LOW_DOUBLEWORD) | ((a >>> 32) * (b >>> 32)) << 32;
    }

    public static long pmuludq(long a, long b) {
        return (a & LOW_DOUBLEWORD) * (b & LOW_DOUBLEWORD);
    }

    public static long pmuldq(long a, long b) {
        return (long) (int) a * (int) b;
    }

    public static long pmaddwd(long a, long b) {
        return (dotProduct(a, b) & LOW_DOUBLEWORD) | dotProduct(a >>> 32, b >>> 32) << 32;
    }

    /** Of two signed words; wraps only for four times the least value, to the least doubleword. */
    private static long dotProduct(long a, long b) {
        return (long) (short) a * (short) b + (long) (short) (a >>> 16) * (short) (b >>> 16);
    }

    /** PMADDUBSW: unsigned bytes by signed bytes, sums of neighbours saturated to words. */
    public static long pmaddubsw(long a, long b) {
        long result = 0;
        for (int shift = 0; shift < 64; shift += 16) {
            int first = (int) (a >>> shift & 0xFF) * (byte) (b >>> shift);
            int second = (int) (a >>> (shift + 8) & 0xFF) * (byte) (b >>> (shift + 8));
            int sum = Math.clamp(first + second, Short.MIN_VALUE, Short.MAX_VALUE);
            result |= (sum & 0xFFFFL) << shift;
        }
        return result;
    }
}
