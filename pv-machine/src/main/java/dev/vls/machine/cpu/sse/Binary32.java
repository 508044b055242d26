package dev.vls.machine.cpu.sse;

import dev.vls.machine.cpu.fp.FpFlags;

/**
 * Operations on one binary32 lane, given and returned as bits; see {@link Binary64} for the fast
 * paths.
 */
public final class Binary32 {
    private static final int FIELD_SHIFT = 23;

    private static final int FIELD = 0xFF << FIELD_SHIFT;

    private static final long UNSIGNED = 0xFFFFFFFFL;

    /** What comparisons deliver, as ZF, PF and CF. */
    static final int GREATER = 0;

    static final int LESS = 1;
    static final int EQUAL = 0x40;

    private Binary32() {}

    /** Tells whether the exponent field is neither zero nor all ones. */
    static boolean isNormal(int bits) {
        return ((bits >>> FIELD_SHIFT) + 1 & 0xFE) != 0;
    }

    private static boolean isNormalOrZero(int bits) {
        return isNormal(bits) || bits << 1 == 0;
    }

    /** Tells a normal result that cannot have been tiny before rounding. */
    static boolean isSafe(int bits) {
        return isNormal(bits) && (bits & 0x7F800000) != 0x00800000;
    }

    /** As {@link Binary64#isUsableSum}. */
    static boolean isUsableSum(int a, int b, int result) {
        return isNormal(result) && isNotDenormal(a) && isNotDenormal(b);
    }

    /** As {@link Binary64#isUsableProduct}. */
    static boolean isUsableProduct(int a, int b, int result) {
        return isSafe(result) && (a & FIELD) != 0 && (b & FIELD) != 0;
    }

    /** Tells whether a number is not denormal. */
    private static boolean isNotDenormal(int bits) {
        return (bits & FIELD) != 0 || bits << 1 == 0;
    }

    private static int exact(MxcsrState s, int op, int a, int b) {
        return (int) Exact.binary(s, BinaryFormat.SINGLE, op, a & UNSIGNED, b & UNSIGNED);
    }

    /** ADDSS. */
    public static int add(MxcsrState s, int a, int b) {
        if (s.nearest) {
            float x = Float.intBitsToFloat(a);
            float y = Float.intBitsToFloat(b);
            float r = x + y;
            int bits = Float.floatToRawIntBits(r);
            if (isNormalOrZero(a) && isNormalOrZero(b) && isNormalOrZero(bits)) {
                if (!s.precisionKnown) {
                    float yPart = r - x;
                    if (x - (r - yPart) + (y - yPart) != 0) {
                        s.raised |= FpFlags.PRECISION;
                    }
                }
                return bits;
            }
        }
        return exact(s, Exact.ADD, a, b);
    }

    /** SUBSS. */
    public static int sub(MxcsrState s, int a, int b) {
        if (s.nearest) {
            float x = Float.intBitsToFloat(a);
            float y = -Float.intBitsToFloat(b);
            float r = x + y;
            int bits = Float.floatToRawIntBits(r);
            if (isNormalOrZero(a) && isNormalOrZero(b) && isNormalOrZero(bits)) {
                if (!s.precisionKnown) {
                    float yPart = r - x;
                    if (x - (r - yPart) + (y - yPart) != 0) {
                        s.raised |= FpFlags.PRECISION;
                    }
                }
                return bits;
            }
        }
        return exact(s, Exact.SUB, a, b);
    }

    /** MULSS. */
    public static int mul(MxcsrState s, int a, int b) {
        if (s.nearest && isNormal(a) && isNormal(b)) {
            double product = (double) Float.intBitsToFloat(a) * Float.intBitsToFloat(b);
            float r = (float) product;
            int bits = Float.floatToRawIntBits(r);
            if (isSafe(bits)) {
                if (!s.precisionKnown && r != product) {
                    s.raised |= FpFlags.PRECISION;
                }
                return bits;
            }
        }
        if ((a << 1 == 0 && isNormalOrZero(b)) || (b << 1 == 0 && isNormal(a))) {
            return (a ^ b) & Integer.MIN_VALUE;
        }
        return exact(s, Exact.MUL, a, b);
    }

    /** DIVSS. */
    public static int div(MxcsrState s, int a, int b) {
        if (s.nearest && isNormal(a) && isNormal(b)) {
            float x = Float.intBitsToFloat(a);
            float y = Float.intBitsToFloat(b);
            float r = x / y;
            int bits = Float.floatToRawIntBits(r);
            if (isSafe(bits)) {
                if (!s.precisionKnown && (double) r * y != x) {
                    s.raised |= FpFlags.PRECISION;
                }
                return bits;
            }
        }
        if (a << 1 == 0 && isNormal(b)) {
            return (a ^ b) & Integer.MIN_VALUE;
        }
        return exact(s, Exact.DIV, a, b);
    }

    /** SQRTSS. */
    public static int squareRoot(MxcsrState s, int a) {
        if (s.nearest && a > 0 && isNormal(a)) {
            float x = Float.intBitsToFloat(a);
            // the square root of a binary32 in binary64 never rounds twice wrongly
            float r = (float) Math.sqrt(x);
            if (!s.precisionKnown && (double) r * r != x) {
                s.raised |= FpFlags.PRECISION;
            }
            return Float.floatToRawIntBits(r);
        }
        if (a << 1 == 0) {
            return a;
        }
        return (int) Exact.squareRoot(s, BinaryFormat.SINGLE, a & UNSIGNED);
    }

    /** MINSS. */
    public static int min(MxcsrState s, int a, int b) {
        if (isNormal(a) && isNormal(b)) {
            return Float.intBitsToFloat(a) < Float.intBitsToFloat(b) ? a : b;
        }
        return (int) Exact.extremum(s, BinaryFormat.SINGLE, a & UNSIGNED, b & UNSIGNED, false);
    }

    /** MAXSS. */
    public static int max(MxcsrState s, int a, int b) {
        if (isNormal(a) && isNormal(b)) {
            return Float.intBitsToFloat(a) > Float.intBitsToFloat(b) ? a : b;
        }
        return (int) Exact.extremum(s, BinaryFormat.SINGLE, a & UNSIGNED, b & UNSIGNED, true);
    }

    /** CMPSS: all ones where the predicate (three bits) holds, else zero. */
    public static int compare(MxcsrState s, int a, int b, int predicate) {
        if (isNormal(a) && isNormal(b)) {
            return (int) Binary64.compare(s, widen(a), widen(b), predicate);
        }
        return Exact.predicate(s, BinaryFormat.SINGLE, a & UNSIGNED, b & UNSIGNED, predicate)
                ? -1
                : 0;
    }

    /** COMISS (signalling) and UCOMISS; flags as {@link Binary64#compareFlags}. */
    public static int compareFlags(MxcsrState s, int a, int b, boolean signalling) {
        if (isNotDenormal(a) && isNotDenormal(b)) {
            float x = Float.intBitsToFloat(a);
            float y = Float.intBitsToFloat(b);
            if (x > y) {
                return GREATER;
            }
            if (x < y) {
                return LESS;
            }
            if (x == y) {
                return EQUAL;
            }
        }
        return flags(Exact.compare(s, BinaryFormat.SINGLE, a & UNSIGNED, b & UNSIGNED, signalling));
    }

    /** Turns an outcome of {@link Exact#compare} into ZF, PF and CF. */
    static int flags(int order) {
        return switch (order) {
            case 0 -> EQUAL;
            case 1 -> GREATER;
            case Exact.UNORDERED -> 0x45;
            default -> LESS;
        };
    }

    /** A normal number in the wider format. */
    private static long widen(int a) {
        return Double.doubleToRawLongBits(Float.intBitsToFloat(a));
    }

    /** CVTSS2SD. */
    public static long toBinary64(MxcsrState s, int a) {
        if (isNormal(a)) {
            return Double.doubleToRawLongBits(Float.intBitsToFloat(a));
        }
        return Exact.convert(s, BinaryFormat.SINGLE, BinaryFormat.DOUBLE, a & UNSIGNED);
    }

    /** CVTSI2SS of a 32-bit integer. */
    public static int fromInt32(MxcsrState s, int value) {
        return fromInt64(s, value);
    }

    /** CVTSI2SS of a 64-bit integer. */
    public static int fromInt64(MxcsrState s, long value) {
        if (s.nearest && value << 10 >> 10 == value) {
            float r = (float) value;
            if (!s.precisionKnown && r != (double) value) {
                s.raised |= FpFlags.PRECISION;
            }
            return Float.floatToRawIntBits(r);
        }
        return (int) Exact.fromInteger(s, BinaryFormat.SINGLE, value);
    }

    /** CVTSS2SI and CVTTSS2SI to 32 or 64 bits, sign-extended. */
    public static long toInteger(MxcsrState s, int a, int width, boolean truncate) {
        if (isNormal(a)) {
            // the wider format holds the same value
            return Binary64.toInteger(s, widen(a), width, truncate);
        }
        int mode = truncate ? FpFlags.TRUNCATE : s.roundingMode();
        return Exact.toInteger(s, BinaryFormat.SINGLE, a & UNSIGNED, width, mode);
    }

    /** ROUNDSS with its immediate. */
    public static int round(MxcsrState s, int a, int control) {
        return (int) Exact.round(s, BinaryFormat.SINGLE, a & UNSIGNED, control);
    }
}
