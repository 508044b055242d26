package dev.vls.machine.cpu.x87;

import dev.vls.machine.cpu.fp.FpFlags;
import dev.vls.machine.cpu.fp.WideFloat;

/** FPREM, FPREM1, FRNDINT, FSCALE and FXTRACT. */
public final class X87Remainder {
    /** Exponent difference from which FPREM only reduces partially. */
    private static final int PARTIAL_FROM = 64;

    private X87Remainder() {}

    /** Rounds a non-zero number to an integral value; tells whether it was none. */
    static boolean roundToIntegral(WideFloat r, int mode) {
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
        r.roundedUp = up;
        return true;
    }

    /** FRNDINT. */
    public static void roundToInteger(FpuState f) {
        f.status &= ~FpuState.C1;
        if (f.isEmpty(0)) {
            if (f.stackUnderflow()) {
                f.setResult(0);
            }
            return;
        }
        int exponent = f.exponent(0);
        long significand = f.significand(0);
        int kind = Extended.classify(exponent, significand);
        f.result(exponent, significand);
        int flags = 0;
        if (kind > Extended.INFINITY) {
            flags = X87Nan.quiet(f, kind, exponent, significand);
        } else if (kind == Extended.NORMAL || kind == Extended.DENORMAL) {
            flags = kind == Extended.DENORMAL ? FpFlags.DENORMAL : 0;
            Extended.unpack(f.r, exponent, significand);
            if (roundToIntegral(f.r, f.roundingMode())) {
                flags |= FpFlags.PRECISION;
                int field = f.r.isZero() ? 0 : f.r.exponent + Extended.BIAS;
                f.result(field | (exponent & 0x8000), f.r.high);
            }
        }
        if (f.raise(flags)) {
            f.setC1((flags & FpFlags.PRECISION) != 0 && f.roundedUp());
            f.setResult(0);
        }
    }

    /**
     * FPREM and FPREM1.
     *
     * @param nearest whether the quotient rounds to nearest even (FPREM1), not towards zero
     */
    public static void remainder(FpuState f, boolean nearest) {
        f.status &= ~(FpuState.C1 | FpuState.C2);
        if (f.isEmpty(0) || f.isEmpty(1)) {
            if (f.stackUnderflow()) {
                f.setResult(0);
            }
            return;
        }
        int aExponent = f.exponent(0);
        long aSig = f.significand(0);
        int bExponent = f.exponent(1);
        long bSig = f.significand(1);
        int classA = Extended.classify(aExponent, aSig);
        int classB = Extended.classify(bExponent, bSig);
        int flags;
        int codes = f.status & FpuState.CONDITION_CODES;
        if (classA > Extended.INFINITY || classB > Extended.INFINITY) {
            flags = X87Nan.propagate(f, classA, aExponent, aSig, classB, bExponent, bSig);
        } else if (classA == Extended.INFINITY || classB == Extended.ZERO) {
            f.indefinite();
            flags = FpFlags.INVALID;
        } else {
            boolean denormal = classA == Extended.DENORMAL || classB == Extended.DENORMAL;
            flags = denormal ? FpFlags.DENORMAL : 0;
            if (classA == Extended.ZERO || classB == Extended.INFINITY) {
                codes = 0;
                f.result(aExponent, aSig);
                if (classA == Extended.DENORMAL) {
                    Extended.unpack(f.r, aExponent, aSig);
                    flags |= f.roundResult(64);
                }
            } else {
                Extended.unpack(f.a, aExponent, aSig);
                Extended.unpack(f.b, bExponent, bSig);
                codes = reduce(f, nearest);
                if (f.r.isZero()) {
                    f.result(aExponent & 0x8000, 0);
                } else {
                    flags |= f.roundResult(64);
                }
            }
        }
        if (f.raise(flags)) {
            f.status = (f.status & ~FpuState.CONDITION_CODES) | codes;
            f.setResult(0);
        }
    }

    /** Leaves the remainder of a by b in r; returns the condition codes. */
    private static int reduce(FpuState f, boolean nearest) {
        WideFloat a = f.a;
        WideFloat b = f.b;
        int difference = a.exponent - b.exponent;
        if (difference < -1 || (difference < 0 && !nearest)) {
            f.r.set(a);
            return 0;
        }
        boolean partial = difference >= PARTIAL_FROM;
        int steps = partial ? (difference & 31) | 32 : difference;
        // a and b have 64-bit significands; subtract b shifted, one quotient bit each step
        long remainder = a.high;
        long divisor = b.high;
        long quotient = 0;
        boolean carry = false;
        int exponent = a.exponent;
        if (difference < 0) {
            // FPREM1 of a magnitude between half of b and b: quotient 0 so far
            return roundQuotient(f, a.high, 0, a.exponent, divisor, b.exponent, 0);
        }
        for (int i = 0; ; i++) {
            quotient <<= 1;
            if (carry || Long.compareUnsigned(remainder, divisor) >= 0) {
                remainder -= divisor;
                quotient |= 1;
            }
            if (i == steps) {
                break;
            }
            carry = remainder < 0;
            remainder <<= 1;
            exponent--;
        }
        if (partial) {
            f.r.set(a.negative, exponent, remainder);
            return FpuState.C2;
        }
        if (nearest) {
            return roundQuotient(f, remainder, quotient, exponent, divisor, exponent, quotient);
        }
        f.r.set(a.negative, exponent, remainder);
        return codes(quotient);
    }

    /** Decides whether FPREM1 takes the next multiple: when twice the remainder exceeds b. */
    private static int roundQuotient(
            FpuState f,
            long remainder,
            long ignored,
            int exponent,
            long divisor,
            int divisorExponent,
            long quotient) {
        boolean up;
        if (exponent == divisorExponent) {
            boolean top = remainder < 0;
            int order = Long.compareUnsigned(remainder << 1, divisor);
            up = top || order > 0 || (order == 0 && (quotient & 1) != 0);
        } else {
            // one binade below b: twice the remainder compares as the significands do
            up = Long.compareUnsigned(remainder, divisor) > 0;
        }
        f.r.set(f.a.negative, exponent, remainder);
        if (!up) {
            return codes(quotient);
        }
        WideFloat b = f.b;
        boolean sign = b.negative;
        b.negative = f.a.negative;
        f.r.setDifference(f.r, b);
        b.negative = sign;
        return codes(quotient + 1);
    }

    private static int codes(long quotient) {
        int codes = 0;
        codes |= (quotient & 4) != 0 ? FpuState.C0 : 0;
        codes |= (quotient & 2) != 0 ? FpuState.C3 : 0;
        codes |= (quotient & 1) != 0 ? FpuState.C1 : 0;
        return codes;
    }

    /** FSCALE: ST(0) times two to the truncated ST(1). */
    public static void scale(FpuState f) {
        f.status &= ~FpuState.C1;
        if (f.isEmpty(0) || f.isEmpty(1)) {
            if (f.stackUnderflow()) {
                f.setResult(0);
            }
            return;
        }
        int flags = scaled(f, f.exponent(0), f.significand(0), f.exponent(1), f.significand(1));
        if (f.raise(flags)) {
            f.setC1((flags & FpFlags.PRECISION) != 0 && f.roundedUp());
            f.setResult(0);
        }
    }

    private static int scaled(FpuState f, int aExponent, long aSig, int bExponent, long bSig) {
        f.r.roundedUp = false;
        int classA = Extended.classify(aExponent, aSig);
        int classB = Extended.classify(bExponent, bSig);
        if (classA > Extended.INFINITY || classB > Extended.INFINITY) {
            return X87Nan.propagate(f, classA, aExponent, aSig, classB, bExponent, bSig);
        }
        int sign = aExponent & 0x8000;
        boolean denormal = classA == Extended.DENORMAL || classB == Extended.DENORMAL;
        int flags = denormal ? FpFlags.DENORMAL : 0;
        if (classB == Extended.INFINITY) {
            boolean down = Extended.isNegative(bExponent);
            if (down ? classA == Extended.INFINITY : classA == Extended.ZERO) {
                f.indefinite();
                return FpFlags.INVALID;
            }
            f.result(
                    down ? sign : sign | Extended.EXPONENT_FIELD_MAX,
                    down ? 0 : Extended.INTEGER_BIT);
            return flags;
        }
        if (classA == Extended.INFINITY || classA == Extended.ZERO) {
            f.result(aExponent, aSig);
            return flags;
        }
        Extended.unpack(f.b, bExponent, bSig);
        int amount = 0;
        if (!f.b.isZero() && f.b.exponent >= 0) {
            amount = f.b.exponent > 16 ? 0x20000 : (int) (f.b.high >>> (63 - f.b.exponent));
            amount = f.b.negative ? -amount : amount;
        }
        Extended.unpack(f.r, aExponent, aSig);
        f.r.exponent += amount;
        return flags | f.roundResult(64);
    }

    /** FXTRACT: ST(0) becomes the exponent, then the significand is pushed. */
    public static void extract(FpuState f) {
        f.status &= ~FpuState.C1;
        if (f.isEmpty(0) || !f.isEmpty(7)) {
            boolean masked = f.isEmpty(0) ? f.stackUnderflow() : f.stackOverflow();
            if (masked) {
                f.setResult(0);
                f.push(f.resultExponent, f.resultSignificand);
            }
            return;
        }
        int exponent = f.exponent(0);
        long significand = f.significand(0);
        int kind = Extended.classify(exponent, significand);
        if (kind > Extended.INFINITY) {
            if (f.raise(X87Nan.quiet(f, kind, exponent, significand))) {
                f.setResult(0);
                f.push(f.resultExponent, f.resultSignificand);
            }
            return;
        }
        int sign = exponent & 0x8000;
        switch (kind) {
            case Extended.ZERO -> {
                if (f.raise(FpFlags.ZERO_DIVIDE)) {
                    f.set(0, 0xFFFF, Extended.INTEGER_BIT);
                    f.push(exponent, significand);
                }
            }
            case Extended.INFINITY -> {
                f.set(0, Extended.EXPONENT_FIELD_MAX, Extended.INTEGER_BIT);
                f.push(exponent, significand);
            }
            default -> {
                if (f.raise(kind == Extended.DENORMAL ? FpFlags.DENORMAL : 0)) {
                    Extended.unpack(f.a, exponent, significand);
                    X87Load.fromInteger(f, f.a.exponent);
                    f.setResult(0);
                    f.push(sign | Extended.BIAS, f.a.high);
                }
            }
        }
    }
}
