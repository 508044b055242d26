package dev.vls.machine.cpu.sse;

import dev.vls.machine.cpu.fp.FpFlags;
import dev.vls.machine.cpu.fp.WideFloat;

/**
 * Exact software arithmetic for every MXCSR setting and operand; the fast paths come here with what
 * they do not handle (Intel SDM volume 1, sections 4.8, 10.2.3 and 11.5).
 */
final class Exact {
    static final int ADD = 0;
    static final int SUB = 1;
    static final int MUL = 2;
    static final int DIV = 3;

    private Exact() {}

    /** Flushes a denormal operand when DAZ is set. */
    static long operand(MxcsrState s, BinaryFormat f, long bits) {
        return s.denormalsAreZero() && f.field(bits) == 0 ? bits & f.signMask : bits;
    }

    /** Unpacks a finite operand. */
    static void unpack(WideFloat to, BinaryFormat f, long bits) {
        int field = f.field(bits);
        long fraction = bits & f.fractionMask;
        long significand = field == 0 ? fraction : fraction | (f.fractionMask + 1);
        to.set(f.isNegative(bits), Math.max(field, 1) - f.bias, significand << (64 - f.precision));
    }

    /** Rounds {@code s.r} to a format, raising what that finds. */
    static long pack(MxcsrState s, BinaryFormat f) {
        WideFloat r = s.r;
        if (r.isZero()) {
            return r.negative ? f.signMask : 0;
        }
        int unmasked = s.unmasked();
        boolean flush = s.flushToZero() && (unmasked & FpFlags.UNDERFLOW) == 0;
        int flags =
                r.round(
                        f.precision,
                        f.exponentMin,
                        f.exponentMax,
                        s.roundingMode(),
                        flush ? unmasked | FpFlags.UNDERFLOW : unmasked);
        if (flush && (flags & FpFlags.UNDERFLOW) != 0) {
            s.raised |= FpFlags.UNDERFLOW | FpFlags.PRECISION;
            return r.negative ? f.signMask : 0;
        }
        s.raised |= flags;
        long field = r.high < 0 ? r.exponent + f.bias : 0;
        long fraction = (r.high << 1) >>> (64 - f.fractionBits);
        return (r.negative ? f.signMask : 0) | field << f.fractionBits | fraction;
    }

    /** NaN result of two operands of which one is a NaN: the first NaN, quieted. */
    static long nan(MxcsrState s, BinaryFormat f, long a, long b) {
        if (f.isSignalling(a) || f.isSignalling(b)) {
            s.raised |= FpFlags.INVALID;
        }
        return (f.isNan(a) ? a : b) | f.quietBit;
    }

    static long invalid(MxcsrState s, BinaryFormat f) {
        s.raised |= FpFlags.INVALID;
        return f.indefinite;
    }

    static long binary(MxcsrState s, BinaryFormat f, int op, long aBits, long bBits) {
        long a = operand(s, f, aBits);
        long b = operand(s, f, bBits);
        if (f.isNan(a) || f.isNan(b)) {
            return nan(s, f, a, b);
        }
        boolean denormal = f.isDenormal(a) || f.isDenormal(b);
        int before = s.raised;
        s.raised = 0;
        long result =
                switch (op) {
                    case ADD -> sum(s, f, a, b);
                    case SUB -> sum(s, f, a, b ^ f.signMask);
                    case MUL -> product(s, f, a, b);
                    default -> quotient(s, f, a, b);
                };
        if (denormal && (s.raised & (FpFlags.INVALID | FpFlags.ZERO_DIVIDE)) == 0) {
            s.raised |= FpFlags.DENORMAL;
        }
        s.raised |= before;
        return result;
    }

    private static long sum(MxcsrState s, BinaryFormat f, long a, long b) {
        if (f.isInfinite(a)) {
            return b == (a ^ f.signMask) ? invalid(s, f) : a;
        }
        if (f.isInfinite(b)) {
            return b;
        }
        unpack(s.a, f, a);
        unpack(s.b, f, b);
        if (s.a.isZero() && s.b.isZero() && s.a.negative == s.b.negative) {
            return a;
        }
        s.r.setSum(s.a, s.b);
        if (s.r.isZero()) {
            s.r.negative = s.roundingMode() == FpFlags.DOWN;
        }
        return pack(s, f);
    }

    private static long product(MxcsrState s, BinaryFormat f, long a, long b) {
        long sign = (a ^ b) & f.signMask;
        if (f.isInfinite(a) || f.isInfinite(b)) {
            return f.isZero(a) || f.isZero(b) ? invalid(s, f) : sign | f.infinity;
        }
        unpack(s.a, f, a);
        unpack(s.b, f, b);
        s.r.setProduct(s.a, s.b);
        return pack(s, f);
    }

    private static long quotient(MxcsrState s, BinaryFormat f, long a, long b) {
        long sign = (a ^ b) & f.signMask;
        if (f.isInfinite(a)) {
            return f.isInfinite(b) ? invalid(s, f) : sign | f.infinity;
        }
        if (f.isInfinite(b)) {
            return sign;
        }
        if (f.isZero(b)) {
            if (f.isZero(a)) {
                return invalid(s, f);
            }
            s.raised |= FpFlags.ZERO_DIVIDE;
            return sign | f.infinity;
        }
        unpack(s.a, f, a);
        unpack(s.b, f, b);
        s.r.setQuotient(s.a, s.b);
        return pack(s, f);
    }

    static long squareRoot(MxcsrState s, BinaryFormat f, long bits) {
        long a = operand(s, f, bits);
        if (f.isNan(a)) {
            return nan(s, f, a, a);
        }
        if (f.isZero(a)) {
            return a;
        }
        if (f.isNegative(a)) {
            return invalid(s, f);
        }
        if (f.isInfinite(a)) {
            return a;
        }
        if (f.isDenormal(a)) {
            s.raised |= FpFlags.DENORMAL;
        }
        unpack(s.a, f, a);
        s.r.setSquareRoot(s.a);
        return pack(s, f);
    }

    /** MIN or MAX: the second operand wins among zeros and with NaNs. */
    static long extremum(MxcsrState s, BinaryFormat f, long aBits, long bBits, boolean max) {
        long a = operand(s, f, aBits);
        long b = operand(s, f, bBits);
        if (f.isNan(a) || f.isNan(b)) {
            s.raised |= FpFlags.INVALID;
            return b;
        }
        if (f.isDenormal(a) || f.isDenormal(b)) {
            s.raised |= FpFlags.DENORMAL;
        }
        int order = order(f, a, b);
        return (max ? order > 0 : order < 0) ? a : b;
    }

    /** Orders two numbers that are no NaNs. */
    static int order(BinaryFormat f, long a, long b) {
        return Long.compare(key(f, a), key(f, b));
    }

    private static long key(BinaryFormat f, long bits) {
        long magnitude = bits & ~f.signMask;
        return f.isNegative(bits) ? -magnitude : magnitude;
    }

    /** Comparison outcome that means unordered; others are the sign of the order. */
    static final int UNORDERED = 2;

    /** Compares, raising IE for quiet NaNs only when {@code signalling}. */
    static int compare(MxcsrState s, BinaryFormat f, long aBits, long bBits, boolean signalling) {
        long a = operand(s, f, aBits);
        long b = operand(s, f, bBits);
        if (f.isNan(a) || f.isNan(b)) {
            if (signalling || f.isSignalling(a) || f.isSignalling(b)) {
                s.raised |= FpFlags.INVALID;
            }
            return UNORDERED;
        }
        if (f.isDenormal(a) || f.isDenormal(b)) {
            s.raised |= FpFlags.DENORMAL;
        }
        return order(f, a, b);
    }

    /** Evaluates a CMPxx predicate, the three lower bits of {@code predicate}. */
    static boolean predicate(MxcsrState s, BinaryFormat f, long a, long b, int predicate) {
        int kind = predicate & 3;
        return holds(compare(s, f, a, b, kind == 1 || kind == 2), predicate);
    }

    /** Whether an outcome of {@link #compare} satisfies a predicate. */
    static boolean holds(int order, int predicate) {
        boolean holds =
                switch (predicate & 3) {
                    case 0 -> order == 0;
                    case 1 -> order == -1;
                    case 2 -> order <= 0;
                    default -> order == UNORDERED;
                };
        return holds != ((predicate & 4) != 0);
    }

    /** Converts between formats. */
    static long convert(MxcsrState s, BinaryFormat from, BinaryFormat to, long bits) {
        long a = operand(s, from, bits);
        long sign = from.isNegative(a) ? to.signMask : 0;
        if (from.isNan(a)) {
            if (from.isSignalling(a)) {
                s.raised |= FpFlags.INVALID;
            }
            long fraction = a & from.fractionMask;
            int shift = to.fractionBits - from.fractionBits;
            long moved = shift > 0 ? fraction << shift : fraction >>> -shift;
            return sign | to.infinity | to.quietBit | moved;
        }
        if (from.isInfinite(a)) {
            return sign | to.infinity;
        }
        if (from.isDenormal(a)) {
            s.raised |= FpFlags.DENORMAL;
        }
        unpack(s.r, from, a);
        return pack(s, to);
    }

    /** Converts a signed integer. */
    static long fromInteger(MxcsrState s, BinaryFormat f, long value) {
        s.r.set(value < 0, 63, Math.abs(value));
        return pack(s, f);
    }

    /**
     * Converts to a signed integer of 32 or 64 bits; the integer indefinite where that fails.
     *
     * @param mode rounding mode
     */
    static long toInteger(MxcsrState s, BinaryFormat f, long bits, int width, int mode) {
        long a = operand(s, f, bits);
        long indefinite = -1L << (width - 1);
        if (f.field(a) == f.fieldMax) {
            s.raised |= FpFlags.INVALID;
            return indefinite;
        }
        WideFloat r = s.r;
        unpack(r, f, a);
        if (r.isZero()) {
            return 0;
        }
        boolean negative = r.negative;
        boolean inexact = toIntegral(r, mode);
        if (r.isZero()) {
            s.raised |= FpFlags.PRECISION;
            return 0;
        }
        long magnitude = r.exponent > 63 ? 0 : r.high >>> (63 - r.exponent);
        long value = negative ? -magnitude : magnitude;
        boolean fits =
                r.exponent < width - 1
                        || (negative && r.exponent == width - 1 && value == indefinite);
        if (!fits) {
            s.raised |= FpFlags.INVALID;
            return indefinite;
        }
        s.raised |= inexact ? FpFlags.PRECISION : 0;
        return value;
    }

    /** Rounds a non-zero number to an integral value; tells whether it was none. */
    private static boolean toIntegral(WideFloat r, int mode) {
        if (r.exponent >= 63) {
            return false;
        }
        if (r.exponent >= 0) {
            return r.roundBits(r.exponent + 1, mode);
        }
        boolean up =
                switch (mode) {
                    case FpFlags.NEAREST -> r.exponent == -1 && ((r.high << 1) | r.low) != 0;
                    case FpFlags.DOWN -> r.negative;
                    case FpFlags.UP -> !r.negative;
                    default -> false;
                };
        r.setRaw(r.negative, 0, up ? Long.MIN_VALUE : 0, 0);
        return true;
    }

    /**
     * ROUNDSS and ROUNDSD.
     *
     * @param control the immediate: rounding mode, bit 2 to use MXCSR's, bit 3 to suppress PE
     */
    static long round(MxcsrState s, BinaryFormat f, long bits, int control) {
        long a = operand(s, f, bits);
        if (f.isNan(a)) {
            return nan(s, f, a, a);
        }
        if (f.isInfinite(a) || f.isZero(a)) {
            return a;
        }
        int mode = (control & 4) != 0 ? s.roundingMode() : control & 3;
        WideFloat r = s.r;
        unpack(r, f, a);
        if (!toIntegral(r, mode)) {
            return a;
        }
        if ((control & 8) == 0) {
            s.raised |= FpFlags.PRECISION;
        }
        long sign = a & f.signMask;
        if (r.isZero()) {
            return sign;
        }
        long fraction = (r.high << 1) >>> (64 - f.fractionBits);
        return sign | (long) (r.exponent + f.bias) << f.fractionBits | fraction;
    }
}
