package dev.vls.machine.cpu.x87;

import dev.vls.machine.cpu.fp.WideFloat;

/**
 * Elementary functions to about 120 bits, of finite non-zero arguments.
 *
 * <p>Trigonometric arguments are reduced with the 66-bit value of pi that the processors use (Intel
 * SDM volume 1, section 8.3.8), exactly. One instance is scratch space of one FPU.
 */
final class Elementary {
    /** Significand of the 66-bit pi. */
    private static final long PI_HIGH = 0xC90FDAA22168C234L;

    private static final long PI_LOW = 0xC000000000000000L;

    private final WideFloat square = new WideFloat();
    private final WideFloat reduced = new WideFloat();
    private final WideFloat sum = new WideFloat();
    private final WideFloat term = new WideFloat();
    private final WideFloat halfPi66 = new WideFloat();

    final WideFloat sine = new WideFloat();
    final WideFloat cosine = new WideFloat();

    Elementary() {
        halfPi66.setRaw(false, 0, PI_HIGH, PI_LOW);
    }

    /** Evaluates a polynomial by Horner's rule into {@link #sum}. */
    private void polynomial(WideFloat[] coefficients, WideFloat x) {
        sum.set(coefficients[coefficients.length - 1]);
        for (int i = coefficients.length - 2; i >= 0; i--) {
            sum.setProduct(sum, x);
            sum.setSum(sum, coefficients[i]);
        }
    }

    /** Leaves sine and cosine of {@code x}, whose exponent is below 63, in the fields. */
    void sineCosine(WideFloat x) {
        int quadrant = reduce(x);
        square.setProduct(reduced, reduced);
        polynomial(ElementaryConstants.SINE, square);
        WideFloat sineTarget = (quadrant & 1) == 0 ? sine : cosine;
        WideFloat cosineTarget = (quadrant & 1) == 0 ? cosine : sine;
        sineTarget.setProduct(sum, reduced);
        polynomial(ElementaryConstants.COSINE, square);
        cosineTarget.set(sum);
        if ((quadrant & 2) != 0) {
            sine.negative = !sine.negative;
        }
        if (((quadrant + 1) & 2) != 0) {
            cosine.negative = !cosine.negative;
        }
    }

    /** Leaves x - n * pi/2 in {@link #reduced}, at most pi/4 in magnitude; returns n modulo 4. */
    private int reduce(WideFloat x) {
        reduced.set(x);
        if (x.exponent < -1) {
            return 0;
        }
        int quotient = 0;
        int exponent = x.exponent;
        if (exponent >= 0) {
            long high = x.high;
            long low = x.low;
            boolean carry = false;
            while (true) {
                quotient <<= 1;
                boolean subtract =
                        carry
                                || Long.compareUnsigned(high, PI_HIGH) > 0
                                || (high == PI_HIGH && Long.compareUnsigned(low, PI_LOW) >= 0);
                if (subtract) {
                    int borrow = Long.compareUnsigned(low, PI_LOW) < 0 ? 1 : 0;
                    low -= PI_LOW;
                    high = high - PI_HIGH - borrow;
                    quotient |= 1;
                }
                if (exponent == 0) {
                    break;
                }
                carry = high < 0;
                high = (high << 1) | (low >>> 63);
                low <<= 1;
                exponent--;
            }
            term.set(false, 0, high);
            if (low != 0) {
                square.set(false, -64, low);
                term.setSum(term, square);
            }
            reduced.set(term);
            reduced.negative = x.negative;
        }
        // at most pi/2 now; take the nearer multiple
        boolean above =
                reduced.exponent >= 0
                        || (reduced.exponent == -1
                                && Long.compareUnsigned(reduced.high, PI_HIGH) > 0);
        if (!reduced.isZero() && above) {
            quotient++;
            halfPi66.negative = x.negative;
            reduced.setDifference(reduced, halfPi66);
        }
        return (x.negative ? -quotient : quotient) & 3;
    }

    /** Sets {@code to} to 2^x - 1 for |x| at most 1. */
    void powerMinusOne(WideFloat to, WideFloat x) {
        reduced.setProduct(x, ElementaryConstants.LN_2);
        polynomial(ElementaryConstants.EXPONENTIAL, reduced);
        to.setProduct(sum, reduced);
    }

    /** Sets {@code to} to the binary logarithm of a positive {@code x}; zero for one. */
    void logarithm(WideFloat to, WideFloat x) {
        int scale = x.exponent;
        reduced.set(x);
        reduced.exponent = 0;
        // significands above the square root of two are halved
        if (Long.compareUnsigned(reduced.high, 0xB504F333F9DE6484L) > 0) {
            reduced.exponent = -1;
            scale++;
        }
        term.setSum(reduced, ElementaryConstants.UNITY);
        reduced.setDifference(reduced, ElementaryConstants.UNITY);
        logarithmOfRatio(to);
        if (scale != 0) {
            term.set(scale < 0, 63, Math.abs(scale));
            to.setSum(to, term);
        }
    }

    /** Sets {@code to} to the binary logarithm of 1 + x for small |x|. */
    void logarithmPlusOne(WideFloat to, WideFloat x) {
        term.setSum(x, ElementaryConstants.UNITY);
        term.setSum(term, ElementaryConstants.UNITY);
        reduced.set(x);
        logarithmOfRatio(to);
    }

    /** Sets {@code to} to 2 artanh(reduced / term) / ln 2. */
    private void logarithmOfRatio(WideFloat to) {
        if (reduced.isZero()) {
            to.setRaw(false, 0, 0, 0);
            return;
        }
        reduced.setQuotient(reduced, term);
        square.setProduct(reduced, reduced);
        polynomial(ElementaryConstants.LOGARITHM, square);
        reduced.setProduct(reduced, ElementaryConstants.TWO_OVER_LN_2);
        to.setProduct(sum, reduced);
    }

    /** Sets {@code to} to the angle of the point (x, y), both finite and non-zero. */
    void arcTangent(WideFloat to, WideFloat y, WideFloat x) {
        boolean negativeY = y.negative;
        boolean negativeX = x.negative;
        boolean steep =
                y.exponent > x.exponent
                        || (y.exponent == x.exponent && Long.compareUnsigned(y.high, x.high) > 0);
        WideFloat numerator = steep ? x : y;
        WideFloat denominator = steep ? y : x;
        reduced.setQuotient(numerator, denominator);
        reduced.negative = false;
        int index = sixteenth(reduced);
        if (index > 0) {
            // (t - c) / (1 + t c)
            WideFloat c = ElementaryConstants.SIXTEENTHS[index];
            term.setProduct(reduced, c);
            term.setSum(term, ElementaryConstants.UNITY);
            reduced.setDifference(reduced, c);
            reduced.setQuotient(reduced, term);
        }
        if (reduced.isZero()) {
            to.setRaw(false, 0, 0, 0);
        } else {
            square.setProduct(reduced, reduced);
            polynomial(ElementaryConstants.ARC_TANGENT, square);
            to.setProduct(sum, reduced);
        }
        if (index > 0) {
            to.setSum(to, ElementaryConstants.ARC_TANGENT_SIXTEENTHS[index]);
        }
        if (steep) {
            if (negativeX) {
                to.setSum(ElementaryConstants.HALF_PI, to);
            } else {
                to.setDifference(ElementaryConstants.HALF_PI, to);
            }
        } else if (negativeX) {
            to.setDifference(ElementaryConstants.PI, to);
        }
        to.negative = negativeY;
    }

    /** Nearest multiple of 1/16 to a number in (0, 1]. */
    private static int sixteenth(WideFloat t) {
        if (t.exponent < -5) {
            return 0;
        }
        int thirtySeconds = (int) (t.high >>> (58 - t.exponent));
        return (thirtySeconds + 1) >> 1;
    }
}
