package dev.vls.machine.cpu.sse;

import dev.vls.machine.cpu.fp.FpFlags;

/**
 * Operations on one binary64 lane, given and returned as bits.
 *
 * <p>While the rounding mode is to nearest and operands and result are normal, the JVM's arithmetic
 * is the processor's, and the only exception is PE; everything else goes to {@link Exact}.
 */
public final class Binary64 {
    private static final int FIELD_SHIFT = 52;

    private static final long FIELD = 0x7FFL << FIELD_SHIFT;

    /** Fields above this leave room for the residual of a product or quotient. */
    private static final int RESIDUAL_FIELD_MIN = 110;

    /** Magnitudes below this certainly fit 32 bits. */
    private static final double INT32_SAFE = 0x1p30;

    /** Magnitudes below this certainly fit 64 bits. */
    private static final double INT64_SAFE = 0x1p62;

    private Binary64() {}

    /** Tells whether the exponent field is neither zero nor all ones. */
    static boolean isNormal(long bits) {
        return ((bits >>> FIELD_SHIFT) + 1 & 0x7FE) != 0;
    }

    /** Tells whether operands and result are what the JVM's arithmetic is right for. */
    static boolean areNormal(long a, long b, long result) {
        return isNormal(a) && isNormal(b) && isNormal(result);
    }

    /** Tells a normal result that cannot have been tiny before rounding. */
    static boolean isSafe(long bits) {
        return field(bits) > 1;
    }

    /**
     * Tells whether a sum or difference is the processor's, with no exception but PE: the result is
     * normal, from which it follows that the operands are finite, and they are not denormal.
     */
    static boolean isUsableSum(long a, long b, long result) {
        return isNormal(result) && isNotDenormal(a) && isNotDenormal(b);
    }

    /** The same for a product or quotient, whose operands are not zero if the result is normal. */
    static boolean isUsableProduct(long a, long b, long result) {
        return isNormal(result) && isSafe(result) && (a & FIELD) != 0 && (b & FIELD) != 0;
    }

    /** Tells whether a number is not denormal. */
    private static boolean isNotDenormal(long bits) {
        return (bits & FIELD) != 0 || bits << 1 == 0;
    }

    private static boolean isNormalOrZero(long bits) {
        return isNormal(bits) || bits << 1 == 0;
    }

    private static int field(long bits) {
        return (int) (bits >>> FIELD_SHIFT) & 0x7FF;
    }

    /** ADDSD. */
    public static long add(MxcsrState s, long a, long b) {
        if (s.nearest) {
            double x = Double.longBitsToDouble(a);
            double y = Double.longBitsToDouble(b);
            double r = x + y;
            long bits = Double.doubleToRawLongBits(r);
            if (isNormalOrZero(a) && isNormalOrZero(b) && isNormalOrZero(bits)) {
                if (!s.precisionKnown) {
                    double yPart = r - x;
                    if (x - (r - yPart) + (y - yPart) != 0) {
                        s.raised |= FpFlags.PRECISION;
                    }
                }
                return bits;
            }
        }
        return Exact.binary(s, BinaryFormat.DOUBLE, Exact.ADD, a, b);
    }

    /** SUBSD. */
    public static long sub(MxcsrState s, long a, long b) {
        if (s.nearest) {
            double x = Double.longBitsToDouble(a);
            double y = -Double.longBitsToDouble(b);
            double r = x + y;
            long bits = Double.doubleToRawLongBits(r);
            if (isNormalOrZero(a) && isNormalOrZero(b) && isNormalOrZero(bits)) {
                if (!s.precisionKnown) {
                    double yPart = r - x;
                    if (x - (r - yPart) + (y - yPart) != 0) {
                        s.raised |= FpFlags.PRECISION;
                    }
                }
                return bits;
            }
        }
        return Exact.binary(s, BinaryFormat.DOUBLE, Exact.SUB, a, b);
    }

    /** MULSD. */
    public static long mul(MxcsrState s, long a, long b) {
        if (s.nearest) {
            double x = Double.longBitsToDouble(a);
            double y = Double.longBitsToDouble(b);
            double r = x * y;
            long bits = Double.doubleToRawLongBits(r);
            if (isNormal(a) && isNormal(b) && isNormal(bits)) {
                if (s.precisionKnown) {
                    // a result at the bottom of the normal range may have been tiny
                    if (field(bits) > 1) {
                        return bits;
                    }
                } else if (field(bits) > RESIDUAL_FIELD_MIN) {
                    if (Math.fma(x, y, -r) != 0) {
                        s.raised |= FpFlags.PRECISION;
                    }
                    return bits;
                }
            }
        }
        if ((a << 1 == 0 && isNormalOrZero(b)) || (b << 1 == 0 && isNormal(a))) {
            return (a ^ b) & Long.MIN_VALUE;
        }
        return Exact.binary(s, BinaryFormat.DOUBLE, Exact.MUL, a, b);
    }

    /** DIVSD. */
    public static long div(MxcsrState s, long a, long b) {
        if (s.nearest) {
            double x = Double.longBitsToDouble(a);
            double y = Double.longBitsToDouble(b);
            double r = x / y;
            long bits = Double.doubleToRawLongBits(r);
            if (isNormal(a) && isNormal(b) && isNormal(bits)) {
                if (s.precisionKnown) {
                    if (field(bits) > 1) {
                        return bits;
                    }
                } else if (field(a) > RESIDUAL_FIELD_MIN && field(bits) > 1) {
                    if (Math.fma(r, y, -x) != 0) {
                        s.raised |= FpFlags.PRECISION;
                    }
                    return bits;
                }
            }
        }
        if (a << 1 == 0 && isNormal(b)) {
            return (a ^ b) & Long.MIN_VALUE;
        }
        return Exact.binary(s, BinaryFormat.DOUBLE, Exact.DIV, a, b);
    }

    /** SQRTSD. */
    public static long squareRoot(MxcsrState s, long a) {
        if (s.nearest && a > 0 && isNormal(a)) {
            double x = Double.longBitsToDouble(a);
            double r = Math.sqrt(x);
            if (s.precisionKnown) {
                return Double.doubleToRawLongBits(r);
            }
            if (field(a) > RESIDUAL_FIELD_MIN) {
                if (Math.fma(r, r, -x) != 0) {
                    s.raised |= FpFlags.PRECISION;
                }
                return Double.doubleToRawLongBits(r);
            }
        }
        if (a << 1 == 0) {
            return a;
        }
        return Exact.squareRoot(s, BinaryFormat.DOUBLE, a);
    }

    /** MINSD. */
    public static long min(MxcsrState s, long a, long b) {
        if (isNormal(a) && isNormal(b)) {
            return Double.longBitsToDouble(a) < Double.longBitsToDouble(b) ? a : b;
        }
        return Exact.extremum(s, BinaryFormat.DOUBLE, a, b, false);
    }

    /** MAXSD. */
    public static long max(MxcsrState s, long a, long b) {
        if (isNormal(a) && isNormal(b)) {
            return Double.longBitsToDouble(a) > Double.longBitsToDouble(b) ? a : b;
        }
        return Exact.extremum(s, BinaryFormat.DOUBLE, a, b, true);
    }

    /**
     * CMPSD: all ones where the predicate holds, else zero.
     *
     * @param predicate the immediate's three lower bits
     */
    public static long compare(MxcsrState s, long a, long b, int predicate) {
        boolean holds =
                (isNormal(a) && isNormal(b))
                        ? Exact.holds(order(a, b), predicate)
                        : Exact.predicate(s, BinaryFormat.DOUBLE, a, b, predicate);
        return holds ? -1 : 0;
    }

    /**
     * COMISD and UCOMISD.
     *
     * @param signalling whether a quiet NaN is invalid (COMISD)
     * @return ZF, PF and CF in their RFLAGS positions; OF, SF and AF are to be cleared
     */
    public static int compareFlags(MxcsrState s, long a, long b, boolean signalling) {
        if (isNotDenormal(a) && isNotDenormal(b)) {
            double x = Double.longBitsToDouble(a);
            double y = Double.longBitsToDouble(b);
            if (x > y) {
                return Binary32.GREATER;
            }
            if (x < y) {
                return Binary32.LESS;
            }
            if (x == y) {
                return Binary32.EQUAL;
            }
        }
        return Binary32.flags(Exact.compare(s, BinaryFormat.DOUBLE, a, b, signalling));
    }

    /** Orders normal numbers. */
    private static int order(long a, long b) {
        double x = Double.longBitsToDouble(a);
        double y = Double.longBitsToDouble(b);
        if (x == y) {
            return 0;
        }
        return x < y ? -1 : 1;
    }

    /** CVTSD2SS. */
    public static int toBinary32(MxcsrState s, long a) {
        if (s.nearest && isNormal(a)) {
            double x = Double.longBitsToDouble(a);
            float r = (float) x;
            int bits = Float.floatToRawIntBits(r);
            if (Binary32.isNormal(bits) && (bits & 0x7F800000) != 0x00800000) {
                if (!s.precisionKnown && r != x) {
                    s.raised |= FpFlags.PRECISION;
                }
                return bits;
            }
        }
        return (int) Exact.convert(s, BinaryFormat.DOUBLE, BinaryFormat.SINGLE, a);
    }

    /** CVTSI2SD of a 32-bit integer; always exact. */
    public static long fromInt32(int value) {
        return Double.doubleToRawLongBits((double) value);
    }

    /** CVTSI2SD of a 64-bit integer. */
    public static long fromInt64(MxcsrState s, long value) {
        if (value << 10 >> 10 == value) {
            return Double.doubleToRawLongBits((double) value);
        }
        return Exact.fromInteger(s, BinaryFormat.DOUBLE, value);
    }

    /**
     * CVTSD2SI and CVTTSD2SI.
     *
     * @param width 32 or 64 bits; the result is sign-extended
     */
    public static long toInteger(MxcsrState s, long a, int width, boolean truncate) {
        if (isNormal(a) && (truncate || s.nearest)) {
            double x = Double.longBitsToDouble(a);
            if (Math.abs(x) < (width == 32 ? INT32_SAFE : INT64_SAFE)) {
                long value = (long) (truncate ? x : Math.rint(x));
                if (!s.precisionKnown && (double) value != x) {
                    s.raised |= FpFlags.PRECISION;
                }
                return value;
            }
        }
        int mode = truncate ? FpFlags.TRUNCATE : s.roundingMode();
        return Exact.toInteger(s, BinaryFormat.DOUBLE, a, width, mode);
    }

    /** ROUNDSD with its immediate. */
    public static long round(MxcsrState s, long a, int control) {
        return Exact.round(s, BinaryFormat.DOUBLE, a, control);
    }
}
