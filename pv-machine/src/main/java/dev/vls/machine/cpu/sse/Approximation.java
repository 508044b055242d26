package dev.vls.machine.cpu.sse;

/**
 * RCPSS and RSQRTSS as Intel processors compute them: the function of the middle of the operand's
 * interval, rounded to 12 bits. MXCSR neither matters nor changes.
 */
public final class Approximation {
    private static final int RECIPROCALS = 2048;

    private static final int ROOTS = 1024;

    private static final int BIAS = 127;

    /** Twelve-bit results are this many bits short of a binary32 fraction. */
    private static final int RESULT_SHIFT = 11;

    private static final int SCALE = 8192;

    /** 8192 / (1 + (i + 1/2) / 2048), rounded: between 4096 and 8191. */
    private static final short[] RECIPROCAL = new short[RECIPROCALS];

    /** 8192 / sqrt(m), rounded, of significands in [1, 2), then of those in [2, 4). */
    private static final short[] ROOT = new short[2 * ROOTS];

    static {
        for (int i = 0; i < RECIPROCALS; i++) {
            RECIPROCAL[i] = nearest((double) SCALE / (1 + (i + 0.5) / RECIPROCALS));
        }
        for (int i = 0; i < 2 * ROOTS; i++) {
            double significand = (1 + (i % ROOTS + 0.5) / ROOTS) * (1 + i / ROOTS);
            ROOT[i] = nearest(SCALE / Math.sqrt(significand));
        }
    }

    private Approximation() {}

    private static short nearest(double value) {
        return (short) (int) (value + 0.5);
    }

    /** RCPSS; denormal operands give infinity and denormal results zero. */
    public static int reciprocal(int bits) {
        int sign = bits & 0x80000000;
        int field = (bits >>> 23) & 0xFF;
        if (field == 0) {
            return sign | 0x7F800000;
        }
        if (field == 0xFF) {
            return (bits & 0x7FFFFF) == 0 ? sign : bits | 0x400000;
        }
        return pack(sign, 2 * BIAS - 1 - field, RECIPROCAL[(bits >>> 12) & 0x7FF]);
    }

    /** RSQRTSS. */
    public static int reciprocalRoot(int bits) {
        int sign = bits & 0x80000000;
        int field = (bits >>> 23) & 0xFF;
        if (field == 0) {
            return sign | 0x7F800000;
        }
        if (field == 0xFF && (bits & 0x7FFFFF) != 0) {
            return bits | 0x400000;
        }
        if (sign != 0) {
            return 0xFFC00000;
        }
        if (field == 0xFF) {
            return 0;
        }
        // an odd distance from the bias doubles the significand
        int odd = (field - BIAS) & 1;
        int half = (field - BIAS - odd) / 2;
        return pack(0, BIAS - 1 - half, ROOT[odd * ROOTS + ((bits >>> 13) & 0x3FF)]);
    }

    /** Packs a result in [4096, 8192) whose leading bit has the given exponent field. */
    private static int pack(int sign, int field, int result) {
        if (field <= 0) {
            return sign;
        }
        return sign | field << 23 | (result & 0xFFF) << RESULT_SHIFT;
    }
}
