package dev.vls.machine.cpu.fp;

/**
 * A mutable binary floating-point number with a 128-bit significand and an unbounded exponent.
 *
 * <p>The value is {@code (-1)^negative * (high:low / 2^127) * 2^exponent} with the top bit of
 * {@code high} set, or zero when both halves are zero. Results are truncated with a sticky lowest
 * bit, so that one operation on operands of up to 64 significant bits followed by {@link #round}
 * gives the correctly rounded result. Infinities and NaNs are the caller's. Not thread-safe;
 * operations allocate nothing, and operands may be the receiver itself.
 */
public final class WideFloat {
    /** Sign of the number. */
    public boolean negative;

    /** Exponent of the leading bit. */
    public int exponent;

    /** Upper half of the significand. */
    public long high;

    /** Lower half of the significand. */
    public long low;

    /** Whether the last {@link #round} made the magnitude larger. */
    public boolean roundedUp;

    /** Whether the last {@link #round} overflowed to infinity; {@code high} is then 2^63. */
    public boolean infinite;

    /** Creates a positive zero. */
    public WideFloat() {}

    /** Tells whether the value is zero. */
    public boolean isZero() {
        return (high | low) == 0;
    }

    /** Sets the value to {@code significand / 2^63 * 2^exponent}, normalising it. */
    public void set(boolean isNegative, int leadingExponent, long significand) {
        negative = isNegative;
        low = 0;
        int shift = Long.numberOfLeadingZeros(significand);
        high = significand == 0 ? 0 : significand << shift;
        exponent = leadingExponent - shift;
    }

    /** Copies another number. */
    public void set(WideFloat other) {
        negative = other.negative;
        exponent = other.exponent;
        high = other.high;
        low = other.low;
    }

    /** Sets a number from its raw parts; {@code highBits} has its top bit set. */
    public void setRaw(boolean isNegative, int leadingExponent, long highBits, long lowBits) {
        negative = isNegative;
        exponent = leadingExponent;
        high = highBits;
        low = lowBits;
    }

    /** Sets this to {@code a + b}; an exact zero of cancelling operands is positive. */
    public void setSum(WideFloat a, WideFloat b) {
        addSigned(a, b, b.negative);
    }

    /** Sets this to {@code a - b}. */
    public void setDifference(WideFloat a, WideFloat b) {
        addSigned(a, b, !b.negative);
    }

    private void addSigned(WideFloat a, WideFloat b, boolean negativeB) {
        if (b.isZero()) {
            set(a);
            return;
        }
        if (a.isZero()) {
            set(b);
            negative = negativeB;
            return;
        }
        boolean swap =
                a.exponent < b.exponent
                        || (a.exponent == b.exponent
                                && (Long.compareUnsigned(a.high, b.high) < 0
                                        || (a.high == b.high
                                                && Long.compareUnsigned(a.low, b.low) < 0)));
        WideFloat large = swap ? b : a;
        WideFloat small = swap ? a : b;
        boolean sign = swap ? negativeB : a.negative;
        int shift = large.exponent - small.exponent;
        long smallHigh;
        long smallLow;
        if (shift == 0) {
            smallHigh = small.high;
            smallLow = small.low;
        } else if (shift < 64) {
            smallHigh = small.high >>> shift;
            smallLow = (small.high << (64 - shift)) | (small.low >>> shift);
            smallLow |= (small.low << (64 - shift)) != 0 ? 1 : 0;
        } else if (shift < 128) {
            smallHigh = 0;
            int rest = shift - 64;
            long lost = rest == 0 ? 0 : small.high << (64 - rest);
            smallLow = (small.high >>> rest) | ((lost | small.low) != 0 ? 1 : 0);
        } else {
            smallHigh = 0;
            smallLow = 1;
        }
        int newExponent = large.exponent;
        long newLow;
        long newHigh;
        if (a.negative == negativeB) {
            newLow = large.low + smallLow;
            int carry = Long.compareUnsigned(newLow, smallLow) < 0 ? 1 : 0;
            long partial = large.high + smallHigh;
            boolean overflow = Long.compareUnsigned(partial, smallHigh) < 0;
            newHigh = partial + carry;
            overflow |= carry != 0 && newHigh == 0;
            if (overflow) {
                newLow = (newLow >>> 1) | (newHigh << 63) | (newLow & 1);
                newHigh = (newHigh >>> 1) | Long.MIN_VALUE;
                newExponent++;
            }
        } else {
            newLow = large.low - smallLow;
            int borrow = Long.compareUnsigned(large.low, smallLow) < 0 ? 1 : 0;
            newHigh = large.high - smallHigh - borrow;
            if ((newHigh | newLow) == 0) {
                sign = false;
            }
        }
        negative = sign;
        exponent = newExponent;
        high = newHigh;
        low = newLow;
        normalize();
    }

    private void normalize() {
        if (high == 0) {
            if (low == 0) {
                return;
            }
            high = low;
            low = 0;
            exponent -= 64;
        }
        int shift = Long.numberOfLeadingZeros(high);
        if (shift != 0) {
            high = (high << shift) | (low >>> (64 - shift));
            low <<= shift;
            exponent -= shift;
        }
    }

    /** Sets this to {@code a * b}. */
    public void setProduct(WideFloat a, WideFloat b) {
        boolean sign = a.negative ^ b.negative;
        if (a.isZero() || b.isZero()) {
            setRaw(sign, 0, 0, 0);
            return;
        }
        int newExponent = a.exponent + b.exponent + 1;
        long p3 = Math.unsignedMultiplyHigh(a.high, b.high);
        long p2 = a.high * b.high;
        long rest = 0;
        if ((a.low | b.low) != 0) {
            long p1 = 0;
            long c1 = Math.unsignedMultiplyHigh(a.high, b.low);
            long c0 = a.high * b.low;
            p2 += c1;
            p3 += Long.compareUnsigned(p2, c1) < 0 ? 1 : 0;
            p1 += c0;
            long d1 = Math.unsignedMultiplyHigh(a.low, b.high);
            long d0 = a.low * b.high;
            p2 += d1;
            p3 += Long.compareUnsigned(p2, d1) < 0 ? 1 : 0;
            p1 += d0;
            if (Long.compareUnsigned(p1, d0) < 0 && ++p2 == 0) {
                p3++;
            }
            long e1 = Math.unsignedMultiplyHigh(a.low, b.low);
            p1 += e1;
            if (Long.compareUnsigned(p1, e1) < 0 && ++p2 == 0) {
                p3++;
            }
            rest = p1 | (a.low * b.low);
            if (p3 >= 0) {
                p3 = (p3 << 1) | (p2 >>> 63);
                p2 = (p2 << 1) | (p1 >>> 63);
                rest = (p1 << 1) | (a.low * b.low);
                newExponent--;
            }
        } else if (p3 >= 0) {
            p3 = (p3 << 1) | (p2 >>> 63);
            p2 <<= 1;
            newExponent--;
        }
        setRaw(sign, newExponent, p3, p2 | (rest != 0 ? 1 : 0));
    }

    /** Sets this to {@code a / b}; {@code b} is not zero. */
    public void setQuotient(WideFloat a, WideFloat b) {
        boolean sign = a.negative ^ b.negative;
        if (a.isZero()) {
            setRaw(sign, 0, 0, 0);
            return;
        }
        int newExponent = a.exponent - b.exponent;
        if (b.low == 0) {
            divideByLong(a, b.high, newExponent, sign);
        } else {
            divideBitwise(a, b, newExponent, sign);
        }
    }

    private void divideByLong(WideFloat a, long divisor, int quotientExponent, boolean sign) {
        long n2 = a.high;
        long n1 = a.low;
        long n0 = 0;
        int newExponent = quotientExponent;
        if (Long.compareUnsigned(n2, divisor) >= 0) {
            n0 = n1 << 63;
            n1 = (n2 << 63) | (n1 >>> 1);
            n2 >>>= 1;
        } else {
            newExponent--;
        }
        long q1 = divide128(n2, n1, divisor);
        long r1 = n1 - q1 * divisor;
        long q0 = divide128(r1, n0, divisor);
        long r0 = n0 - q0 * divisor;
        setRaw(sign, newExponent, q1, q0 | (r0 != 0 ? 1 : 0));
    }

    /**
     * Divides a 128-bit number by a 64-bit one whose top bit is set.
     *
     * @param high upper half of the dividend, below the divisor
     * @return the 64-bit quotient
     */
    public static long divide128(long high, long low, long divisor) {
        long d1 = divisor >>> 32;
        long d0 = divisor & 0xFFFFFFFFL;
        long q1 = digit(high, low >>> 32, d1, d0);
        long middle = (high << 32) + (low >>> 32) - q1 * divisor;
        long q0 = digit(middle, low & 0xFFFFFFFFL, d1, d0);
        return (q1 << 32) + q0;
    }

    /** One base 2^32 quotient digit (Knuth, volume 2, 4.3.1, algorithm D, step D3). */
    private static long digit(long high, long next, long d1, long d0) {
        long q = Long.divideUnsigned(high, d1);
        long r = high - q * d1;
        while (q >>> 32 != 0 || Long.compareUnsigned(q * d0, (r << 32) | next) > 0) {
            q--;
            r += d1;
            if (r >>> 32 != 0) {
                break;
            }
        }
        return q;
    }

    private void divideBitwise(WideFloat a, WideFloat b, int quotientExponent, boolean sign) {
        long dh = b.high;
        long dl = b.low;
        long rh = a.high;
        long rl = a.low;
        long qh = 0;
        long ql = 0;
        int newExponent = quotientExponent;
        boolean overflow = false;
        if (compareUnsigned(rh, rl, dh, dl) < 0) {
            newExponent--;
            overflow = rh < 0;
            rh = (rh << 1) | (rl >>> 63);
            rl <<= 1;
        }
        for (int i = 0; i < 128; i++) {
            qh = (qh << 1) | (ql >>> 63);
            ql <<= 1;
            if (overflow || compareUnsigned(rh, rl, dh, dl) >= 0) {
                int borrow = Long.compareUnsigned(rl, dl) < 0 ? 1 : 0;
                rl -= dl;
                rh = rh - dh - borrow;
                ql |= 1;
            }
            overflow = rh < 0;
            rh = (rh << 1) | (rl >>> 63);
            rl <<= 1;
        }
        setRaw(sign, newExponent, qh, ql | (overflow || (rh | rl) != 0 ? 1 : 0));
    }

    private static int compareUnsigned(long ah, long al, long bh, long bl) {
        return ah != bh ? Long.compareUnsigned(ah, bh) : Long.compareUnsigned(al, bl);
    }

    /** Sets this to the square root of a positive number of at most 64 significant bits. */
    public void setSquareRoot(WideFloat a) {
        if (a.isZero()) {
            set(a);
            return;
        }
        boolean odd = (a.exponent & 1) != 0;
        int newExponent = a.exponent >> 1;
        // radicand of 128 bits in [2^126, 2^128); its root has 64 bits, then two more follow
        long nh = odd ? a.high : a.high >>> 1;
        long nl = odd ? 0 : a.high << 63;
        long root = estimateRoot(nh, nl);
        long remainder = nl - root * root;
        long remainderHigh =
                nh
                        - Math.unsignedMultiplyHigh(root, root)
                        - (Long.compareUnsigned(nl, root * root) < 0 ? 1 : 0);
        while (remainderHigh < 0) {
            // add 2 * root - 1, and take 1 off the root
            root--;
            long added = remainder + (root << 1 | 1);
            remainderHigh += (root >>> 63) + (Long.compareUnsigned(added, remainder) < 0 ? 1 : 0);
            remainder = added;
        }
        while (compareUnsigned(remainderHigh, remainder, root >>> 63, root << 1) > 0) {
            long taken = remainder - (root << 1 | 1);
            remainderHigh -= (root >>> 63) + (Long.compareUnsigned(remainder, taken) < 0 ? 1 : 0);
            remainder = taken;
            root++;
        }
        // next bit is one exactly when remainder > root, as (root + 1/2)^2 = root^2 + root + 1/4
        long lowBits = 0;
        if (remainderHigh != 0 || Long.compareUnsigned(remainder, root) > 0) {
            lowBits = Long.MIN_VALUE | 1;
        } else if (remainder != 0) {
            lowBits = 1;
        }
        setRaw(false, newExponent, root, lowBits);
    }

    /** The root of a number from 2^126 on, wrong by little: binary64 and one step of Newton's. */
    private static long estimateRoot(long high, long low) {
        double number = high >= 0 ? high : ((high >>> 1) | (high & 1)) * 2.0;
        double estimate = Math.sqrt(number) * 0x1p32;
        long root = (long) (estimate - 0x1p63) + Long.MIN_VALUE;
        long square = root * root;
        long missingHigh =
                high
                        - Math.unsignedMultiplyHigh(root, root)
                        - (Long.compareUnsigned(low, square) < 0 ? 1 : 0);
        double missing = missingHigh * 0x1p64 + ((low - square) >>> 1) * 2.0;
        long corrected = root + (long) (missing / (2 * estimate));
        // What is beyond 64 bits was a number just below the largest one's square.
        return corrected < 0 ? corrected : -1;
    }

    /**
     * Rounds to {@code precision} bits with an unbounded exponent.
     *
     * @return whether the result is inexact
     */
    public boolean roundBits(int precision, int mode) {
        boolean half;
        boolean below;
        boolean odd;
        long unit;
        if (precision == 64) {
            half = low < 0;
            below = (low << 1) != 0;
            odd = (high & 1) != 0;
            unit = 1;
        } else if (precision <= 0) {
            half = precision == 0 && high < 0;
            below = ((precision == 0 ? high << 1 : high) | low) != 0;
            odd = false;
            unit = 0;
        } else {
            unit = 1L << (64 - precision);
            half = (high & (unit >>> 1)) != 0;
            below = ((high & ((unit >>> 1) - 1)) | low) != 0;
            odd = (high & unit) != 0;
        }
        boolean inexact = half || below;
        roundedUp =
                switch (mode) {
                    case FpFlags.NEAREST -> half && (below || odd);
                    case FpFlags.DOWN -> negative && inexact;
                    case FpFlags.UP -> !negative && inexact;
                    default -> false;
                };
        low = 0;
        high &= -unit;
        if (roundedUp) {
            boolean wasNormal = high < 0;
            high += unit;
            if (wasNormal && high >= 0) {
                high = Long.MIN_VALUE;
                exponent++;
            }
        }
        return inexact;
    }

    /**
     * Rounds to a format. Afterwards {@code high} is the left-aligned significand: its top bit is
     * clear for a denormal result, whose exponent is then {@code exponentMin}.
     *
     * @param precision significant bits, 1 to 64
     * @param exponentMin least exponent of a normal number
     * @param exponentMax largest exponent of a finite number
     * @param mode rounding mode of {@link FpFlags}
     * @param unmasked unmasked exceptions; with {@link FpFlags#OVERFLOW} or {@link
     *     FpFlags#UNDERFLOW} among them such a result keeps its out-of-range exponent
     * @return the exception flags raised
     */
    public int round(int precision, int exponentMin, int exponentMax, int mode, int unmasked) {
        infinite = false;
        roundedUp = false;
        if (isZero()) {
            return 0;
        }
        int flags = 0;
        if (exponent < exponentMin) {
            boolean tiny = exponent < exponentMin - 1 || !roundsToNextBinade(precision, mode);
            if (tiny && (unmasked & FpFlags.UNDERFLOW) != 0) {
                return roundBits(precision, mode)
                        ? FpFlags.UNDERFLOW | FpFlags.PRECISION
                        : FpFlags.UNDERFLOW;
            }
            boolean inexact = denormalize(exponentMin, precision, mode);
            if (inexact) {
                flags = tiny ? FpFlags.UNDERFLOW | FpFlags.PRECISION : FpFlags.PRECISION;
            }
            return flags;
        }
        if (roundBits(precision, mode)) {
            flags = FpFlags.PRECISION;
        }
        if (exponent > exponentMax) {
            if ((unmasked & FpFlags.OVERFLOW) != 0) {
                return flags | FpFlags.OVERFLOW;
            }
            flags |= FpFlags.OVERFLOW | FpFlags.PRECISION;
            overflow(precision, exponentMax, mode);
        }
        return flags;
    }

    private void overflow(int precision, int exponentMax, int mode) {
        infinite =
                mode == FpFlags.NEAREST
                        || (mode == FpFlags.DOWN && negative)
                        || (mode == FpFlags.UP && !negative);
        roundedUp = infinite;
        exponent = infinite ? exponentMax + 1 : exponentMax;
        high = infinite ? Long.MIN_VALUE : -1L << (64 - precision);
    }

    /** Tells whether rounding a number just below a power of two reaches it. */
    private boolean roundsToNextBinade(int precision, int mode) {
        long ones = -1L << (64 - precision);
        if ((high & ones) != ones) {
            return false;
        }
        return switch (mode) {
            case FpFlags.NEAREST ->
                    precision == 64 ? low < 0 : (high & (1L << (63 - precision))) != 0;
            case FpFlags.DOWN -> negative && ((high & ~ones) | low) != 0;
            case FpFlags.UP -> !negative && ((high & ~ones) | low) != 0;
            default -> false;
        };
    }

    private boolean denormalize(int exponentMin, int precision, int mode) {
        int shift = exponentMin - exponent;
        exponent = exponentMin;
        if (shift >= 128) {
            high = 0;
            low = 1;
        } else if (shift >= 64) {
            int rest = shift - 64;
            long lost = rest == 0 ? 0 : high << (64 - rest);
            low = (high >>> rest) | ((lost | low) != 0 ? 1 : 0);
            high = 0;
        } else {
            long lost = low << (64 - shift);
            low = (low >>> shift) | (high << (64 - shift)) | (lost != 0 ? 1 : 0);
            high >>>= shift;
        }
        return roundBits(precision, mode);
    }
}
