package dev.vls.machine.cpu.x87;

import dev.vls.machine.cpu.fp.FpFlags;

/** FADD, FMUL, FSUB, FSUBR, FDIV, FDIVR and FSQRT with their memory and popping forms. */
public final class X87Arithmetic {
    /** Operation numbers: the reg field of D8, DC and DE. */
    public static final int ADD = 0;

    /** ST(0) * operand. */
    public static final int MUL = 1;

    /** ST(0) - operand. */
    public static final int SUB = 4;

    /** operand - ST(0). */
    public static final int SUBR = 5;

    /** ST(0) / operand. */
    public static final int DIV = 6;

    /** operand / ST(0). */
    public static final int DIVR = 7;

    private X87Arithmetic() {}

    /** ST(0) becomes ST(0) op ST(i) (D8). */
    public static void toTop(FpuState f, int op, int i) {
        registers(f, op, i, 0);
    }

    /** ST(i) becomes ST(0) op ST(i) (DC). */
    public static void toRegister(FpuState f, int op, int i) {
        registers(f, op, i, i);
    }

    /** ST(i) becomes ST(0) op ST(i), then the stack is popped (DE). */
    public static void toRegisterPop(FpuState f, int op, int i) {
        if (registers(f, op, i, i)) {
            f.pop();
        }
    }

    private static boolean registers(FpuState f, int op, int i, int destination) {
        f.status &= ~FpuState.C1;
        if (f.isEmpty(0) || f.isEmpty(i)) {
            if (!f.stackUnderflow()) {
                return false;
            }
        } else {
            int flags =
                    compute(
                            f,
                            op,
                            f.exponent(0),
                            f.significand(0),
                            f.exponent(i),
                            f.significand(i),
                            0);
            if (!f.raise(flags)) {
                return false;
            }
            f.setC1((flags & FpFlags.PRECISION) != 0 && f.roundedUp());
        }
        f.setResult(destination);
        return true;
    }

    /** ST(0) becomes ST(0) op a binary32 memory operand. */
    public static void memory32(FpuState f, int op, int bits) {
        X87Load.fromFloat32(f, bits);
        memory(f, op);
    }

    /** ST(0) becomes ST(0) op a binary64 memory operand. */
    public static void memory64(FpuState f, int op, long bits) {
        X87Load.fromFloat64(f, bits);
        memory(f, op);
    }

    /** ST(0) becomes ST(0) op a signed integer memory operand (FIADD and relatives). */
    public static void memoryInteger(FpuState f, int op, long value) {
        X87Load.fromInteger(f, value);
        memory(f, op);
    }

    private static void memory(FpuState f, int op) {
        f.status &= ~FpuState.C1;
        if (f.isEmpty(0)) {
            if (f.stackUnderflow()) {
                f.setResult(0);
            }
            return;
        }
        int flags =
                compute(
                        f,
                        op,
                        f.exponent(0),
                        f.significand(0),
                        f.resultExponent,
                        f.resultSignificand,
                        f.pendingFlags & FpFlags.DENORMAL);
        if (f.raise(flags)) {
            f.setC1((flags & FpFlags.PRECISION) != 0 && f.roundedUp());
            f.setResult(0);
        }
    }

    /** Computes {@code a op b} into the result; returns the exceptions found. */
    static int compute(
            FpuState f, int op, int aExponent, long aSig, int bExponent, long bSig, int extra) {
        f.r.roundedUp = false;
        if (f.roundsNearestTo64()) {
            int flags = X87Normal.compute(f, op, aExponent, aSig, bExponent, bSig);
            if (flags != X87Normal.ELSEWHERE) {
                return flags | extra;
            }
        }
        return computeAny(f, op, aExponent, aSig, bExponent, bSig, extra);
    }

    private static int computeAny(
            FpuState f, int op, int aExponent, long aSig, int bExponent, long bSig, int extra) {
        int classA = Extended.classify(aExponent, aSig);
        int classB = Extended.classify(bExponent, bSig);
        if (classA > Extended.INFINITY || classB > Extended.INFINITY) {
            return X87Nan.propagate(f, classA, aExponent, aSig, classB, bExponent, bSig);
        }
        int flags = extra;
        if (classA == Extended.DENORMAL || classB == Extended.DENORMAL) {
            flags |= FpFlags.DENORMAL;
        }
        return switch (op) {
            case ADD -> flags | sum(f, classA, aExponent, aSig, classB, bExponent, bSig);
            case SUB -> flags | sum(f, classA, aExponent, aSig, classB, bExponent ^ 0x8000, bSig);
            case SUBR -> flags | sum(f, classB, bExponent, bSig, classA, aExponent ^ 0x8000, aSig);
            case MUL -> product(f, classA, aExponent, aSig, classB, bExponent, bSig, flags);
            case DIV -> quotient(f, classA, aExponent, aSig, classB, bExponent, bSig, flags);
            case DIVR -> quotient(f, classB, bExponent, bSig, classA, aExponent, aSig, flags);
            default -> throw new IllegalArgumentException("x87 operation " + op);
        };
    }

    private static int sum(
            FpuState f,
            int classA,
            int aExponent,
            long aSig,
            int classB,
            int bExponent,
            long bSig) {
        boolean sameSign = ((aExponent ^ bExponent) & 0x8000) == 0;
        if (classA == Extended.INFINITY || classB == Extended.INFINITY) {
            if (classA == classB && !sameSign) {
                f.indefinite();
                return FpFlags.INVALID;
            }
            int sign = (classA == Extended.INFINITY ? aExponent : bExponent) & 0x8000;
            f.result(sign | Extended.EXPONENT_FIELD_MAX, Extended.INTEGER_BIT);
            return 0;
        }
        int zeroSign = f.roundingMode() == FpFlags.DOWN ? 0x8000 : 0;
        if (classA == Extended.ZERO && classB == Extended.ZERO) {
            f.result(sameSign ? aExponent & 0x8000 : zeroSign, 0);
            return 0;
        }
        Extended.unpack(f.a, aExponent, aSig);
        Extended.unpack(f.b, bExponent, bSig);
        f.r.setSum(f.a, f.b);
        if (f.r.isZero()) {
            f.result(zeroSign, 0);
            return 0;
        }
        return f.roundResult(f.precision());
    }

    private static int product(
            FpuState f,
            int classA,
            int aExponent,
            long aSig,
            int classB,
            int bExponent,
            long bSig,
            int flags) {
        int sign = (aExponent ^ bExponent) & 0x8000;
        if (classA == Extended.INFINITY || classB == Extended.INFINITY) {
            if (classA == Extended.ZERO || classB == Extended.ZERO) {
                f.indefinite();
                return FpFlags.INVALID;
            }
            f.result(sign | Extended.EXPONENT_FIELD_MAX, Extended.INTEGER_BIT);
            return flags;
        }
        if (classA == Extended.ZERO || classB == Extended.ZERO) {
            f.result(sign, 0);
            return flags;
        }
        Extended.unpack(f.a, aExponent, aSig);
        Extended.unpack(f.b, bExponent, bSig);
        f.r.setProduct(f.a, f.b);
        return flags | f.roundResult(f.precision());
    }

    private static int quotient(
            FpuState f,
            int classA,
            int aExponent,
            long aSig,
            int classB,
            int bExponent,
            long bSig,
            int flags) {
        int sign = (aExponent ^ bExponent) & 0x8000;
        if (classA == classB && (classA == Extended.INFINITY || classA == Extended.ZERO)) {
            f.indefinite();
            return FpFlags.INVALID;
        }
        if (classA == Extended.INFINITY) {
            f.result(sign | Extended.EXPONENT_FIELD_MAX, Extended.INTEGER_BIT);
            return flags;
        }
        if (classB == Extended.ZERO) {
            f.result(sign | Extended.EXPONENT_FIELD_MAX, Extended.INTEGER_BIT);
            return FpFlags.ZERO_DIVIDE;
        }
        if (classA == Extended.ZERO || classB == Extended.INFINITY) {
            f.result(sign, 0);
            return flags;
        }
        Extended.unpack(f.a, aExponent, aSig);
        Extended.unpack(f.b, bExponent, bSig);
        f.r.setQuotient(f.a, f.b);
        return flags | f.roundResult(f.precision());
    }

    /** FSQRT. */
    public static void squareRoot(FpuState f) {
        f.status &= ~FpuState.C1;
        if (f.isEmpty(0)) {
            if (f.stackUnderflow()) {
                f.setResult(0);
            }
            return;
        }
        int flags = squareRoot(f, f.exponent(0), f.significand(0));
        if (f.raise(flags)) {
            f.setC1((flags & FpFlags.PRECISION) != 0 && f.roundedUp());
            f.setResult(0);
        }
    }

    private static int squareRoot(FpuState f, int exponent, long significand) {
        f.r.roundedUp = false;
        int kind = Extended.classify(exponent, significand);
        if (kind > Extended.INFINITY) {
            return X87Nan.quiet(f, kind, exponent, significand);
        }
        if (kind == Extended.ZERO) {
            f.result(exponent, significand);
            return 0;
        }
        if (Extended.isNegative(exponent)) {
            f.indefinite();
            return FpFlags.INVALID;
        }
        if (kind == Extended.INFINITY) {
            f.result(exponent, significand);
            return 0;
        }
        Extended.unpack(f.a, exponent, significand);
        f.r.setSquareRoot(f.a);
        int flags = f.roundResult(f.precision());
        return kind == Extended.DENORMAL ? flags | FpFlags.DENORMAL : flags;
    }
}
