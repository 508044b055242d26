package dev.vls.machine.cpu.x87;

import dev.vls.machine.cpu.fp.WideFloat;

/**
 * The 80-bit extended format: a 16-bit sign and exponent beside a 64-bit significand with explicit
 * integer bit (Intel SDM volume 1, section 4.2.2 and 8.2.2).
 */
public final class Extended {
    /** Class of a number with value zero. */
    public static final int ZERO = 0;

    /** Class of a normal number. */
    public static final int NORMAL = 1;

    /** Class of a denormal or pseudo-denormal number. */
    public static final int DENORMAL = 2;

    /** Class of an infinity. */
    public static final int INFINITY = 3;

    /** Class of a quiet NaN. */
    public static final int QUIET_NAN = 4;

    /** Class of a signalling NaN. */
    public static final int SIGNALLING_NAN = 5;

    /** Class of pseudo-NaNs, pseudo-infinities and unnormals, which every operation rejects. */
    public static final int UNSUPPORTED = 6;

    /** Exponent bias. */
    public static final int BIAS = 16383;

    /** Least exponent of a normal number. */
    public static final int EXPONENT_MIN = -16382;

    /** Largest exponent of a finite number. */
    public static final int EXPONENT_MAX = 16383;

    /** Exponent field of infinities and NaNs. */
    public static final int EXPONENT_FIELD_MAX = 0x7FFF;

    /** The integer bit of the significand. */
    public static final long INTEGER_BIT = Long.MIN_VALUE;

    /** The bit that tells a quiet NaN. */
    public static final long QUIET_BIT = 1L << 62;

    /** Sign and exponent of the indefinite QNaN. */
    public static final int INDEFINITE_EXPONENT = 0xFFFF;

    /** Significand of the indefinite QNaN. */
    public static final long INDEFINITE_SIGNIFICAND = 0xC000000000000000L;

    private Extended() {}

    /** Classifies a value; NaN classes and unsupported ones compare above {@link #INFINITY}. */
    public static int classify(int signExponent, long significand) {
        int exponent = signExponent & EXPONENT_FIELD_MAX;
        if (exponent == 0) {
            return significand == 0 ? ZERO : DENORMAL;
        }
        if (significand >= 0) {
            return UNSUPPORTED;
        }
        if (exponent != EXPONENT_FIELD_MAX) {
            return NORMAL;
        }
        if (significand == INTEGER_BIT) {
            return INFINITY;
        }
        return (significand & QUIET_BIT) != 0 ? QUIET_NAN : SIGNALLING_NAN;
    }

    /** Tells whether the sign bit is set. */
    public static boolean isNegative(int signExponent) {
        return (signExponent & 0x8000) != 0;
    }

    /** Unpacks a finite supported value. */
    static void unpack(WideFloat to, int signExponent, long significand) {
        int field = signExponent & EXPONENT_FIELD_MAX;
        to.set(isNegative(signExponent), (field == 0 ? 1 : field) - BIAS, significand);
    }

    /** Compares two supported values that are no NaNs: negative, zero or positive. */
    static int compare(int aExponent, long aSignificand, int bExponent, long bSignificand) {
        boolean negativeA = isNegative(aExponent);
        if ((aSignificand | bSignificand) == 0) {
            return 0;
        }
        if (negativeA != isNegative(bExponent)) {
            return negativeA ? -1 : 1;
        }
        int fieldA = Math.max(aExponent & EXPONENT_FIELD_MAX, 1);
        int fieldB = Math.max(bExponent & EXPONENT_FIELD_MAX, 1);
        int magnitude;
        if (aSignificand == 0 || bSignificand == 0) {
            magnitude = aSignificand == 0 ? -1 : 1;
        } else if (fieldA != fieldB) {
            magnitude = fieldA < fieldB ? -1 : 1;
        } else {
            magnitude = Long.compareUnsigned(aSignificand, bSignificand);
        }
        return negativeA ? -magnitude : magnitude;
    }
}
