package dev.vls.machine.cpu.x87;

import dev.vls.machine.cpu.fp.FpFlags;
import dev.vls.machine.cpu.fp.WideFloat;

/**
 * Arithmetic of normal numbers with a normal result, rounded to nearest with 64 bits: what programs
 * do nearly always, in long arithmetic. Who calls it has seen to rounding and precision.
 */
final class X87Normal {
    /** The operation is not for here. */
    static final int ELSEWHERE = -1;

    private static final int SIGN = 0x8000;
    private static final int FIELD = Extended.EXPONENT_FIELD_MAX;

    private X87Normal() {}

    /** Tells whether a value is a normal number. */
    private static boolean isNormal(int signExponent, long significand) {
        return significand < 0 && (signExponent + 1 & FIELD) > 1;
    }

    /**
     * Computes {@code a op b} into the result.
     *
     * @return the exceptions found, or {@link #ELSEWHERE}
     */
    static int compute(FpuState f, int op, int aExponent, long a, int bExponent, long b) {
        if (!isNormal(aExponent, a) || !isNormal(bExponent, b)) {
            return ELSEWHERE;
        }
        return switch (op) {
            case X87Arithmetic.ADD -> sum(f, aExponent, a, bExponent, b);
            case X87Arithmetic.SUB -> sum(f, aExponent, a, bExponent ^ SIGN, b);
            case X87Arithmetic.SUBR -> sum(f, bExponent, b, aExponent ^ SIGN, a);
            case X87Arithmetic.MUL -> product(f, aExponent, a, bExponent, b);
            case X87Arithmetic.DIV -> quotient(f, aExponent, a, bExponent, b);
            case X87Arithmetic.DIVR -> quotient(f, bExponent, b, aExponent, a);
            default -> ELSEWHERE;
        };
    }

    private static int sum(FpuState f, int aExponent, long a, int bExponent, long b) {
        int distance = (aExponent & FIELD) - (bExponent & FIELD);
        if (distance < 0 || (distance == 0 && Long.compareUnsigned(a, b) < 0)) {
            return ordered(f, bExponent, b, aExponent, a, -distance);
        }
        return ordered(f, aExponent, a, bExponent, b, distance);
    }

    /** Adds the smaller number b, whose exponent is less by the distance. */
    private static int ordered(
            FpuState f, int aExponent, long a, int bExponent, long b, int distance) {
        long high = 0;
        long low;
        if (distance == 0) {
            high = b;
            low = 0;
        } else if (distance < 64) {
            high = b >>> distance;
            low = b << -distance;
        } else if (distance == 64) {
            low = b;
        } else if (distance < 128) {
            low = b >>> distance | (b << -distance != 0 ? 1 : 0);
        } else {
            low = 1;
        }
        int sign = aExponent & SIGN;
        int exponent = aExponent & FIELD;
        if (((aExponent ^ bExponent) & SIGN) != 0) {
            return difference(f, sign, exponent, a - high - (low != 0 ? 1 : 0), -low);
        }
        long sum = a + high;
        if (Long.compareUnsigned(sum, high) < 0) {
            low = (low >>> 1) | (low & 1) | (sum << 63);
            sum = sum >>> 1 | Extended.INTEGER_BIT;
            exponent++;
        }
        return round(f, sign, exponent, sum, low);
    }

    private static int difference(FpuState f, int sign, int leading, long high, long low) {
        long top = high;
        long rest = low;
        int exponent = leading;
        if (top == 0) {
            if (rest == 0) {
                f.result(0, 0);
                return 0;
            }
            top = rest;
            rest = 0;
            exponent -= 64;
        }
        int shift = Long.numberOfLeadingZeros(top);
        if (shift != 0) {
            top = top << shift | rest >>> -shift;
            rest <<= shift;
            exponent -= shift;
        }
        return round(f, sign, exponent, top, rest);
    }

    private static int product(FpuState f, int aExponent, long a, int bExponent, long b) {
        long high = Math.unsignedMultiplyHigh(a, b);
        long low = a * b;
        int exponent = (aExponent & FIELD) + (bExponent & FIELD) - Extended.BIAS + 1;
        if (high >= 0) {
            high = high << 1 | low >>> 63;
            low <<= 1;
            exponent--;
        }
        return round(f, (aExponent ^ bExponent) & SIGN, exponent, high, low);
    }

    private static int quotient(FpuState f, int aExponent, long a, int bExponent, long b) {
        int exponent = (aExponent & FIELD) - (bExponent & FIELD) + Extended.BIAS;
        long high = a;
        long low = 0;
        if (Long.compareUnsigned(a, b) >= 0) {
            high = a >>> 1;
            low = a << 63;
        } else {
            exponent--;
        }
        long quotient = WideFloat.divide128(high, low, b);
        long remainder = low - quotient * b;
        // More, as much, or less than half of the divisor is left.
        long below = 0;
        if (remainder != 0) {
            int order = Long.compareUnsigned(remainder, b - remainder);
            below = order < 0 ? 1 : Extended.INTEGER_BIT | (order > 0 ? 1 : 0);
        }
        return round(f, (aExponent ^ bExponent) & SIGN, exponent, quotient, below);
    }

    /** Rounds {@code high} by what is below it, and leaves the result if it is normal. */
    private static int round(FpuState f, int sign, int leading, long high, long low) {
        long significand = high;
        int exponent = leading;
        boolean up = low < 0 && ((low << 1) | (high & 1)) != 0;
        if (up && ++significand == 0) {
            significand = Extended.INTEGER_BIT;
            exponent++;
        }
        if (leading < 1 || exponent >= FIELD) {
            return ELSEWHERE;
        }
        f.r.roundedUp = up;
        f.result(sign | exponent, significand);
        return low != 0 ? FpFlags.PRECISION : 0;
    }
}
