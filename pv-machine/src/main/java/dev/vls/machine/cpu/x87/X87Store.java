package dev.vls.machine.cpu.x87;

import dev.vls.machine.cpu.fp.FpFlags;

/**
 * Stores: FST, FSTP, FIST, FISTP, FISTTP and FBSTP.
 *
 * <p>A store to memory is prepared first: the {@code prepare} methods leave the bits in the result
 * and say whether memory is to be written. Then the caller writes it, which may fault, and at last
 * {@link #commit} delivers flags and pops. So a page fault leaves the unit as it was.
 */
public final class X87Store {
    private static final long BCD_LIMIT = 1_000_000_000_000_000_000L;

    private X87Store() {}

    /** Prepares FST m32fp; the bits are the lower half of the result. */
    public static boolean prepareFloat32(FpuState f) {
        return prepareFloat(f, 24, -126, 127, 127, 23, 0xFF);
    }

    /** Prepares FST m64fp. */
    public static boolean prepareFloat64(FpuState f) {
        return prepareFloat(f, 53, -1022, 1023, 1023, 52, 0x7FF);
    }

    private static boolean prepareFloat(
            FpuState f,
            int precision,
            int exponentMin,
            int exponentMax,
            int bias,
            int fractionBits,
            long fieldMax) {
        f.pendingRoundUp = false;
        f.pendingFlags = 0;
        int exponent = f.exponent(0);
        long significand = f.significand(0);
        int kind = f.isEmpty(0) ? Extended.UNSUPPORTED : Extended.classify(exponent, significand);
        if (kind == Extended.UNSUPPORTED) {
            f.pendingFlags =
                    f.isEmpty(0) ? FpFlags.INVALID | FpuState.STACK_FAULT : FpFlags.INVALID;
            f.indefinite();
            exponent = f.resultExponent;
            significand = f.resultSignificand;
        } else if (kind == Extended.SIGNALLING_NAN) {
            f.pendingFlags = FpFlags.INVALID;
            significand |= Extended.QUIET_BIT;
        }
        long sign = (exponent & 0x8000L) >>> 15 << (fractionBits + bitsOf(fieldMax));
        if (kind >= Extended.INFINITY) {
            f.resultSignificand =
                    sign | fieldMax << fractionBits | (significand << 1) >>> (64 - fractionBits);
            return (f.pendingFlags & f.unmasked()) == 0;
        }
        Extended.unpack(f.r, exponent, significand);
        f.pendingFlags =
                f.r.round(precision, exponentMin, exponentMax, f.roundingMode(), f.unmasked());
        int unmasked = f.pendingFlags & f.unmasked() & (FpFlags.OVERFLOW | FpFlags.UNDERFLOW);
        if (unmasked != 0) {
            f.pendingFlags = unmasked;
            return false;
        }
        f.pendingRoundUp = (f.pendingFlags & FpFlags.PRECISION) != 0 && f.r.roundedUp;
        long field = f.r.high < 0 ? f.r.exponent + bias : 0;
        f.resultSignificand =
                sign | field << fractionBits | (f.r.high << 1) >>> (64 - fractionBits);
        return true;
    }

    private static int bitsOf(long fieldMax) {
        return fieldMax == 0xFF ? 8 : 11;
    }

    /** Prepares FSTP m80fp, which stores any bits; an empty register stores the indefinite. */
    public static boolean prepareExtended(FpuState f) {
        f.pendingRoundUp = false;
        f.pendingFlags = 0;
        if (f.isEmpty(0)) {
            f.indefinite();
            f.pendingFlags = FpFlags.INVALID | FpuState.STACK_FAULT;
            return (f.unmasked() & FpFlags.INVALID) == 0;
        }
        f.result(f.exponent(0), f.significand(0));
        return true;
    }

    /**
     * Prepares FIST, FISTP or FISTTP.
     *
     * @param width 16, 32 or 64 bits
     * @param truncate whether to round towards zero whatever the control word says (FISTTP)
     */
    public static boolean prepareInteger(FpuState f, int width, boolean truncate) {
        f.pendingRoundUp = false;
        f.pendingFlags = 0;
        long indefinite = -1L << (width - 1);
        if (f.isEmpty(0)) {
            return invalid(f, FpFlags.INVALID | FpuState.STACK_FAULT, indefinite);
        }
        int kind = Extended.classify(f.exponent(0), f.significand(0));
        if (kind >= Extended.INFINITY) {
            return invalid(f, FpFlags.INVALID, indefinite);
        }
        int mode = truncate ? FpFlags.TRUNCATE : f.roundingMode();
        long value = roundToInteger(f, mode);
        boolean overflow = f.r.exponent > 63;
        if (f.r.exponent == 63) {
            overflow = value != Long.MIN_VALUE || !f.r.negative;
        }
        long signed = f.r.negative ? -value : value;
        if (overflow || (width < 64 && (signed >> (width - 1)) != (signed >> 63))) {
            f.pendingRoundUp = false;
            return invalid(f, FpFlags.INVALID, indefinite);
        }
        f.resultSignificand = signed;
        return true;
    }

    /** Rounds ST(0) to an integer magnitude; PRECISION and round-up go to the pending fields. */
    private static long roundToInteger(FpuState f, int mode) {
        Extended.unpack(f.r, f.exponent(0), f.significand(0));
        if (f.r.isZero()) {
            f.r.exponent = 0;
            return 0;
        }
        if (f.r.exponent >= 63) {
            return f.r.high;
        }
        boolean inexact = X87Remainder.roundToIntegral(f.r, mode);
        f.pendingFlags = inexact ? FpFlags.PRECISION : 0;
        f.pendingRoundUp = inexact && f.r.roundedUp;
        if (f.r.isZero()) {
            f.r.exponent = 0;
            return 0;
        }
        return f.r.exponent > 63 ? 0 : f.r.high >>> (63 - f.r.exponent);
    }

    private static boolean invalid(FpuState f, int flags, long indefinite) {
        f.pendingFlags = flags;
        f.pendingRoundUp = false;
        f.resultSignificand = indefinite;
        return (f.unmasked() & FpFlags.INVALID) == 0;
    }

    /** Prepares FBSTP; the upper 16 bits are left as the result's exponent. */
    public static boolean prepareDecimal(FpuState f) {
        f.pendingRoundUp = false;
        f.pendingFlags = 0;
        boolean empty = f.isEmpty(0);
        if (empty || Extended.classify(f.exponent(0), f.significand(0)) >= Extended.INFINITY) {
            f.resultExponent = Extended.INDEFINITE_EXPONENT;
            int flags = empty ? FpFlags.INVALID | FpuState.STACK_FAULT : FpFlags.INVALID;
            return invalid(f, flags, Extended.INDEFINITE_SIGNIFICAND);
        }
        long value = roundToInteger(f, f.roundingMode());
        if (f.r.exponent >= 63 || value >= BCD_LIMIT) {
            f.resultExponent = Extended.INDEFINITE_EXPONENT;
            return invalid(f, FpFlags.INVALID, Extended.INDEFINITE_SIGNIFICAND);
        }
        long digits = 0;
        for (int i = 0; i < 16; i++) {
            digits |= value % 10 << (i * 4);
            value /= 10;
        }
        f.resultSignificand = digits;
        f.resultExponent = (int) (value % 10 | ((value / 10) << 4)) | (f.r.negative ? 0x8000 : 0);
        return true;
    }

    /**
     * Delivers the flags of a prepared store.
     *
     * @param written whether the {@code prepare} method asked for the memory write
     * @param pop whether the instruction pops
     */
    public static void commit(FpuState f, boolean written, boolean pop) {
        f.setC1(f.pendingRoundUp);
        f.raise(f.pendingFlags);
        if (written && pop) {
            f.pop();
        }
    }

    /** FST ST(i) and FSTP ST(i). */
    public static void register(FpuState f, int i, boolean pop) {
        f.status &= ~FpuState.C1;
        if (f.isEmpty(0)) {
            if (!f.stackUnderflow()) {
                return;
            }
            f.setResult(i);
        } else {
            f.set(i, f.exponent(0), f.significand(0));
        }
        if (pop) {
            f.pop();
        }
    }
}
