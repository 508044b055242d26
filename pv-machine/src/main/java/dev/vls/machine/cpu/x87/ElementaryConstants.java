package dev.vls.machine.cpu.x87;

import dev.vls.machine.cpu.fp.WideFloat;
import java.math.BigInteger;

/** Series coefficients and constants of the elementary functions, to 128 bits. */
final class ElementaryConstants {
    private static final int FIXED_BITS = 192;

    private static final BigInteger ONE = BigInteger.ONE.shiftLeft(FIXED_BITS);

    /** Coefficients of sin(y)/y in y squared. */
    static final WideFloat[] SINE = new WideFloat[18];

    /** Coefficients of cos(y) in y squared. */
    static final WideFloat[] COSINE = new WideFloat[18];

    /** Coefficients of (e^y - 1)/y in y. */
    static final WideFloat[] EXPONENTIAL = new WideFloat[36];

    /** Coefficients of atan(u)/u in u squared, for |u| up to 1/32. */
    static final WideFloat[] ARC_TANGENT = new WideFloat[14];

    /** Coefficients of artanh(s)/s in s squared. */
    static final WideFloat[] LOGARITHM = new WideFloat[28];

    /** k/16 at index k. */
    static final WideFloat[] SIXTEENTHS = new WideFloat[17];

    /** atan(k/16) at index k. */
    static final WideFloat[] ARC_TANGENT_SIXTEENTHS = new WideFloat[17];

    static final WideFloat UNITY = wide(ONE);
    static final WideFloat LN_2;
    static final WideFloat TWO_OVER_LN_2;
    static final WideFloat PI;
    static final WideFloat HALF_PI;

    static {
        BigInteger factorial = ONE;
        for (int i = 0; i < SINE.length; i++) {
            COSINE[i] = wide(alternate(factorial, i));
            factorial = factorial.divide(BigInteger.valueOf(2 * i + 1));
            SINE[i] = wide(alternate(factorial, i));
            factorial = factorial.divide(BigInteger.valueOf(2 * i + 2));
        }
        factorial = ONE;
        for (int i = 0; i < EXPONENTIAL.length; i++) {
            factorial = factorial.divide(BigInteger.valueOf(i + 1));
            EXPONENTIAL[i] = wide(factorial);
        }
        for (int i = 0; i < ARC_TANGENT.length; i++) {
            ARC_TANGENT[i] = wide(alternate(ONE.divide(BigInteger.valueOf(2 * i + 1)), i));
        }
        for (int i = 0; i < LOGARITHM.length; i++) {
            LOGARITHM[i] = wide(ONE.divide(BigInteger.valueOf(2 * i + 1)));
        }
        BigInteger quarterPi = arcTangent(5).shiftLeft(2).subtract(arcTangent(239));
        for (int i = 0; i <= 16; i++) {
            SIXTEENTHS[i] = wide(ONE.multiply(BigInteger.valueOf(i)).shiftRight(4));
            ARC_TANGENT_SIXTEENTHS[i] = wide(i == 16 ? quarterPi : arcTangentRatio(i, 16));
        }
        PI = wide(quarterPi.shiftLeft(2));
        HALF_PI = wide(quarterPi.shiftLeft(1));
        // ln 2 = 2 artanh(1/3)
        BigInteger ln2 = inverseHyperbolicThird().shiftLeft(1);
        LN_2 = wide(ln2);
        TWO_OVER_LN_2 = wide(ONE.shiftLeft(FIXED_BITS + 1).divide(ln2));
    }

    private ElementaryConstants() {}

    private static BigInteger alternate(BigInteger value, int i) {
        return (i & 1) != 0 ? value.negate() : value;
    }

    private static BigInteger arcTangent(int inverse) {
        return arcTangentRatio(1, inverse);
    }

    private static BigInteger arcTangentRatio(int numerator, int denominator) {
        BigInteger n = BigInteger.valueOf((long) numerator * numerator);
        BigInteger d = BigInteger.valueOf((long) denominator * denominator);
        BigInteger power =
                ONE.multiply(BigInteger.valueOf(numerator)).divide(BigInteger.valueOf(denominator));
        BigInteger sum = BigInteger.ZERO;
        for (int i = 0; power.signum() != 0; i++) {
            sum = sum.add(alternate(power.divide(BigInteger.valueOf(2 * i + 1)), i));
            power = power.multiply(n).divide(d);
        }
        return sum;
    }

    private static BigInteger inverseHyperbolicThird() {
        BigInteger power = ONE.divide(BigInteger.valueOf(3));
        BigInteger sum = BigInteger.ZERO;
        for (int i = 0; power.signum() != 0; i++) {
            sum = sum.add(power.divide(BigInteger.valueOf(2 * i + 1)));
            power = power.divide(BigInteger.valueOf(9));
        }
        return sum;
    }

    private static WideFloat wide(BigInteger fixed) {
        WideFloat number = new WideFloat();
        BigInteger magnitude = fixed.abs();
        int length = magnitude.bitLength();
        if (length != 0) {
            BigInteger top = magnitude.shiftLeft(128).shiftRight(length);
            number.setRaw(
                    fixed.signum() < 0,
                    length - 1 - FIXED_BITS,
                    top.shiftRight(64).longValue(),
                    top.longValue());
        }
        return number;
    }
}
