package dev.vls.machine.cpu.x87;

import dev.vls.machine.cpu.fp.FpFlags;

/** Loads: FLD in all formats, FILD, FBLD and the constants; and register exchange. */
public final class X87Load {
    private static final int[] CONSTANT_EXPONENTS = {
        0x3FFF, 0x4000, 0x3FFF, 0x4000, 0x3FFD, 0x3FFE, 0
    };

    /** Upper significands of 1, log2(10), log2(e), pi, log10(2), ln(2), 0, truncated. */
    private static final long[] CONSTANT_SIGNIFICANDS = {
        0x8000000000000000L,
        0xD49A784BCD1B8AFEL,
        0xB8AA3B295C17F0BBL,
        0xC90FDAA22168C234L,
        0x9A209A84FBCFF798L,
        0xB17217F7D1CF79ABL,
        0
    };

    /** Which constants round up to nearest; each but 1 and 0 rounds up towards plus infinity. */
    private static final int CONSTANTS_UP_NEAREST = 0b0111100;

    private static final int CONSTANTS_INEXACT = 0b0111110;

    private static final long DECIMAL_DIGITS = 18;

    private X87Load() {}

    /** Converts binary32 bits into the result; pendingFlags says what FLD would raise. */
    static void fromFloat32(FpuState f, int bits) {
        int field = (bits >>> 23) & 0xFF;
        long fraction = (bits & 0x7FFFFFL) << 40;
        convert(f, (bits >>> 16) & 0x8000, field, 0xFF, 127, fraction);
    }

    /** Converts binary64 bits into the result; pendingFlags says what FLD would raise. */
    static void fromFloat64(FpuState f, long bits) {
        int field = (int) (bits >>> 52) & 0x7FF;
        long fraction = (bits << 12) >>> 1;
        convert(f, (int) (bits >>> 48) & 0x8000, field, 0x7FF, 1023, fraction);
    }

    private static void convert(
            FpuState f, int sign, int field, int fieldMax, int bias, long fraction) {
        f.pendingFlags = 0;
        if (field == fieldMax) {
            boolean signalling = fraction != 0 && (fraction & Extended.QUIET_BIT) == 0;
            f.pendingFlags = signalling ? FpFlags.INVALID : 0;
            f.result(sign | Extended.EXPONENT_FIELD_MAX, fraction | Extended.INTEGER_BIT);
        } else if (field != 0) {
            f.result(sign | (field - bias + Extended.BIAS), fraction | Extended.INTEGER_BIT);
        } else if (fraction == 0) {
            f.result(sign, 0);
        } else {
            f.pendingFlags = FpFlags.DENORMAL;
            int shift = Long.numberOfLeadingZeros(fraction);
            f.result(sign | (1 - bias + Extended.BIAS - shift), fraction << shift);
        }
    }

    /** Converts a signed integer into the result; always exact. */
    static void fromInteger(FpuState f, long value) {
        f.pendingFlags = 0;
        if (value == 0) {
            f.result(0, 0);
            return;
        }
        long magnitude = Math.abs(value);
        int shift = Long.numberOfLeadingZeros(magnitude);
        int sign = value < 0 ? 0x8000 : 0;
        f.result(sign | (Extended.BIAS + 63 - shift), magnitude << shift);
    }

    /** FLD of a binary32 memory operand. */
    public static void float32(FpuState f, int bits) {
        fromFloat32(f, bits);
        pushConverted(f);
    }

    /** FLD of a binary64 memory operand. */
    public static void float64(FpuState f, long bits) {
        fromFloat64(f, bits);
        pushConverted(f);
    }

    private static void pushConverted(FpuState f) {
        f.status &= ~FpuState.C1;
        int flags = f.pendingFlags;
        if (!f.isEmpty(7)) {
            pushOverflow(f);
        } else if (f.raise(flags) || flags == FpFlags.DENORMAL) {
            // an unmasked denormal does not keep the processor from loading it
            if ((flags & FpFlags.INVALID) != 0) {
                f.resultSignificand |= Extended.QUIET_BIT;
            }
            f.push(f.resultExponent, f.resultSignificand);
        }
    }

    private static void pushOverflow(FpuState f) {
        if (f.stackOverflow()) {
            f.push(f.resultExponent, f.resultSignificand);
        }
    }

    /** FLD of an 80-bit memory operand: any bits, no exception but stack overflow. */
    public static void extended(FpuState f, int signExponent, long significand) {
        f.result(signExponent, significand);
        push(f);
    }

    /** Pushes the result, or responds to a full stack. */
    static void push(FpuState f) {
        f.status &= ~FpuState.C1;
        if (f.isEmpty(7)) {
            f.push(f.resultExponent, f.resultSignificand);
        } else {
            pushOverflow(f);
        }
    }

    /** FLD ST(i). */
    public static void register(FpuState f, int i) {
        f.status &= ~FpuState.C1;
        if (f.isEmpty(i)) {
            if (f.stackUnderflow()) {
                f.push(f.resultExponent, f.resultSignificand);
            }
        } else if (!f.isEmpty(7)) {
            pushOverflow(f);
        } else {
            f.push(f.exponent(i), f.significand(i));
        }
    }

    /** FILD of a sign-extended 16, 32 or 64-bit memory operand. */
    public static void integer(FpuState f, long value) {
        fromInteger(f, value);
        push(f);
    }

    /**
     * FLD1, FLDL2T, FLDL2E, FLDPI, FLDLG2, FLDLN2, FLDZ.
     *
     * @param number the rm field of D9 E8+rm, 0 to 6
     */
    public static void constant(FpuState f, int number) {
        int mode = f.roundingMode();
        int up = 0;
        if (mode == FpFlags.NEAREST) {
            up = CONSTANTS_UP_NEAREST;
        } else if (mode == FpFlags.UP) {
            up = CONSTANTS_INEXACT;
        }
        f.result(CONSTANT_EXPONENTS[number], CONSTANT_SIGNIFICANDS[number] + ((up >> number) & 1));
        push(f);
    }

    /**
     * FBLD of an 80-bit packed decimal.
     *
     * @param digits the 16 lower digits
     * @param signAndDigits the upper 16 bits: sign in bit 15, two digits in bits 0 to 7
     */
    public static void decimal(FpuState f, long digits, int signAndDigits) {
        long value = 0;
        for (int i = (int) DECIMAL_DIGITS - 1; i >= 0; i--) {
            long source = i >= 16 ? signAndDigits >>> ((i - 16) * 4) : digits >>> (i * 4);
            value = value * 10 + (source & 15);
        }
        fromInteger(f, value);
        f.resultExponent |= signAndDigits & 0x8000;
        push(f);
    }

    /** FXCH ST(i). */
    public static void exchange(FpuState f, int i) {
        f.status &= ~FpuState.C1;
        boolean emptyTop = f.isEmpty(0);
        boolean emptyOther = f.isEmpty(i);
        if (emptyTop || emptyOther) {
            if (!f.stackUnderflow()) {
                return;
            }
            if (emptyTop) {
                f.setResult(0);
            }
            if (emptyOther) {
                f.setResult(i);
            }
        }
        int exponent = f.exponent(0);
        long significand = f.significand(0);
        f.set(0, f.exponent(i), f.significand(i));
        f.set(i, exponent, significand);
    }

    /** FCMOVcc ST(0), ST(i) with the condition already evaluated. */
    public static void conditionalMove(FpuState f, int i, boolean condition) {
        if (f.isEmpty(0) || f.isEmpty(i)) {
            if (f.stackUnderflow()) {
                f.setResult(0);
            }
        } else if (condition) {
            f.set(0, f.exponent(i), f.significand(i));
        }
    }
}
