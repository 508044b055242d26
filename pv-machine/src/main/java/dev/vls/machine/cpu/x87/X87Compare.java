package dev.vls.machine.cpu.x87;

import dev.vls.machine.cpu.fp.FpFlags;

/** FCOM, FUCOM, FICOM, FTST, FCOMI, FUCOMI and FXAM. */
public final class X87Compare {
    /** Carry flag of RFLAGS. */
    private static final int CF = 1;

    /** Parity flag of RFLAGS. */
    private static final int PF = 4;

    /** Zero flag of RFLAGS. */
    private static final int ZF = 0x40;

    private X87Compare() {}

    /**
     * Compares ST(0) with ST(i).
     *
     * @param quiet whether quiet NaNs are no invalid operation (FUCOM)
     * @param pops how many registers to pop, 0 to 2
     */
    public static void register(FpuState f, int i, boolean quiet, int pops) {
        if (f.isEmpty(i)) {
            underflow(f, pops);
        } else {
            withOperand(f, f.exponent(i), f.significand(i), 0, quiet, pops);
        }
    }

    /** FCOM or FCOMP with a binary32 memory operand. */
    public static void memory32(FpuState f, int bits, int pops) {
        X87Load.fromFloat32(f, bits);
        withOperand(
                f,
                f.resultExponent,
                f.resultSignificand,
                f.pendingFlags & FpFlags.DENORMAL,
                false,
                pops);
    }

    /** FCOM or FCOMP with a binary64 memory operand. */
    public static void memory64(FpuState f, long bits, int pops) {
        X87Load.fromFloat64(f, bits);
        withOperand(
                f,
                f.resultExponent,
                f.resultSignificand,
                f.pendingFlags & FpFlags.DENORMAL,
                false,
                pops);
    }

    /** FICOM or FICOMP with a signed integer memory operand. */
    public static void memoryInteger(FpuState f, long value, int pops) {
        X87Load.fromInteger(f, value);
        withOperand(f, f.resultExponent, f.resultSignificand, 0, false, pops);
    }

    /** FTST: compares ST(0) with zero. */
    public static void test(FpuState f) {
        withOperand(f, 0, 0, 0, false, 0);
    }

    private static void underflow(FpuState f, int pops) {
        boolean masked = f.stackUnderflow();
        f.status |= FpuState.C0 | FpuState.C2 | FpuState.C3;
        if (masked) {
            pop(f, pops);
        }
    }

    private static void withOperand(
            FpuState f, int exponent, long significand, int extra, boolean quiet, int pops) {
        if (f.isEmpty(0)) {
            underflow(f, pops);
            return;
        }
        f.status &= ~FpuState.C1;
        int outcome = order(f, exponent, significand);
        boolean masked = f.raise(exceptions(f, exponent, significand, extra, quiet));
        int codes = 0;
        codes |= (outcome & CF) != 0 ? FpuState.C0 : 0;
        codes |= (outcome & PF) != 0 ? FpuState.C2 : 0;
        codes |= (outcome & ZF) != 0 ? FpuState.C3 : 0;
        f.status = (f.status & ~FpuState.CONDITION_CODES) | codes;
        if (masked) {
            pop(f, pops);
        }
    }

    private static void pop(FpuState f, int pops) {
        for (int i = 0; i < pops; i++) {
            f.pop();
        }
    }

    /** Compares ST(0) with an operand; outcome in ZF, PF and CF. */
    private static int order(FpuState f, int exponent, long significand) {
        if (Extended.classify(f.exponent(0), f.significand(0)) > Extended.INFINITY
                || Extended.classify(exponent, significand) > Extended.INFINITY) {
            return ZF | PF | CF;
        }
        int order = Extended.compare(f.exponent(0), f.significand(0), exponent, significand);
        if (order == 0) {
            return ZF;
        }
        return order < 0 ? CF : 0;
    }

    /** Exceptions that the comparison of ST(0) with an operand finds. */
    private static int exceptions(
            FpuState f, int exponent, long significand, int extra, boolean quiet) {
        int classA = Extended.classify(f.exponent(0), f.significand(0));
        int classB = Extended.classify(exponent, significand);
        if (classA > Extended.INFINITY || classB > Extended.INFINITY) {
            boolean invalid = !quiet || classA > Extended.QUIET_NAN || classB > Extended.QUIET_NAN;
            return invalid ? FpFlags.INVALID : 0;
        }
        boolean denormal = classA == Extended.DENORMAL || classB == Extended.DENORMAL;
        return denormal ? extra | FpFlags.DENORMAL : extra;
    }

    /**
     * FCOMI, FUCOMI and their popping forms.
     *
     * <p>RFLAGS is written even when an exception is unmasked, as the processors do.
     *
     * @return ZF, PF and CF in their RFLAGS positions; OF, SF and AF are to be cleared
     */
    public static int toFlags(FpuState f, int i, boolean quiet, boolean pop) {
        boolean masked;
        int outcome = ZF | PF | CF;
        if (f.isEmpty(0) || f.isEmpty(i)) {
            masked = f.stackUnderflow();
        } else {
            outcome = order(f, f.exponent(i), f.significand(i));
            masked = f.raise(exceptions(f, f.exponent(i), f.significand(i), 0, quiet));
        }
        if (masked && pop) {
            f.pop();
        }
        return outcome;
    }

    /** FXAM. */
    public static void examine(FpuState f) {
        int codes;
        if (f.isEmpty(0)) {
            codes = FpuState.C3 | FpuState.C0;
        } else {
            codes =
                    switch (Extended.classify(f.exponent(0), f.significand(0))) {
                        case Extended.ZERO -> FpuState.C3;
                        case Extended.NORMAL -> FpuState.C2;
                        case Extended.DENORMAL -> FpuState.C3 | FpuState.C2;
                        case Extended.INFINITY -> FpuState.C2 | FpuState.C0;
                        case Extended.QUIET_NAN, Extended.SIGNALLING_NAN -> FpuState.C0;
                        default -> 0;
                    };
        }
        if (Extended.isNegative(f.exponent(0))) {
            codes |= FpuState.C1;
        }
        f.status = (f.status & ~FpuState.CONDITION_CODES) | codes;
    }

    /** FCHS. */
    public static void changeSign(FpuState f) {
        sign(f, 0x8000, 0xFFFF);
    }

    /** FABS. */
    public static void absolute(FpuState f) {
        sign(f, 0, 0x7FFF);
    }

    private static void sign(FpuState f, int flip, int keep) {
        f.status &= ~FpuState.C1;
        if (!f.isEmpty(0)) {
            f.set(0, (f.exponent(0) ^ flip) & keep, f.significand(0));
        } else if (f.stackUnderflow()) {
            f.setResult(0);
        }
    }
}
