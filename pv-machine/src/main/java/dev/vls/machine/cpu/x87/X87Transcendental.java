package dev.vls.machine.cpu.x87;

import dev.vls.machine.cpu.fp.FpFlags;
import dev.vls.machine.cpu.fp.WideFloat;

/** FSIN, FCOS, FSINCOS, FPTAN, FPATAN, F2XM1, FYL2X and FYL2XP1. */
public final class X87Transcendental {
    /** Least exponent of an argument that the trigonometric instructions refuse. */
    private static final int TRIGONOMETRIC_LIMIT = 63;

    /**
     * Arguments with an exponent below this are their own sine and tangent on the processors, in
     * every rounding mode.
     */
    private static final int TINY_LIMIT = -68;

    /** Tangents of arguments with an exponent below this come out just below the argument. */
    private static final int TANGENT_BELOW_LIMIT = -33;

    private X87Transcendental() {}

    /** FSIN. */
    public static void sine(FpuState f) {
        trigonometric(f, true, false);
    }

    /** FCOS. */
    public static void cosine(FpuState f) {
        trigonometric(f, false, false);
    }

    /** FSINCOS: ST(0) becomes the sine, then the cosine is pushed. */
    public static void sineCosine(FpuState f) {
        trigonometric(f, true, true);
    }

    /** FPTAN: ST(0) becomes the tangent, then 1.0 is pushed. */
    public static void tangent(FpuState f) {
        f.status &= ~(FpuState.C1 | FpuState.C2);
        if (!canPush(f)) {
            return;
        }
        int exponent = f.exponent(0);
        long significand = f.significand(0);
        int kind = Extended.classify(exponent, significand);
        int flags;
        boolean number = false;
        if (kind >= Extended.INFINITY) {
            flags = special(f, kind, exponent, significand);
        } else if (kind == Extended.ZERO) {
            f.result(exponent, significand);
            flags = 0;
            number = true;
        } else {
            Extended.unpack(f.a, exponent, significand);
            if (f.a.exponent >= TRIGONOMETRIC_LIMIT) {
                f.status |= FpuState.C2;
                return;
            }
            if (f.a.exponent < TINY_LIMIT) {
                flags = tiny(f, f.a, kind);
            } else {
                f.elementary.sineCosine(f.a);
                if (f.a.exponent < TANGENT_BELOW_LIMIT) {
                    f.r.set(f.elementary.sine);
                } else {
                    f.r.setQuotient(f.elementary.sine, f.elementary.cosine);
                }
                flags = inexact(f, kind);
            }
            number = true;
        }
        if (f.raise(flags)) {
            f.setResult(0);
            if (number) {
                f.push(Extended.BIAS, Extended.INTEGER_BIT);
                f.setC1((flags & FpFlags.PRECISION) != 0 && f.roundedUp());
            } else {
                f.push(f.resultExponent, f.resultSignificand);
            }
        }
    }

    private static boolean canPush(FpuState f) {
        if (!f.isEmpty(0) && f.isEmpty(7)) {
            return true;
        }
        boolean masked = f.isEmpty(0) ? f.stackUnderflow() : f.stackOverflow();
        if (masked) {
            f.setResult(0);
            f.push(f.resultExponent, f.resultSignificand);
        }
        return false;
    }

    /** Rounds r to 64 bits as a result that is never exact; returns the exceptions. */
    private static int inexact(FpuState f, int kind) {
        f.r.low |= 1;
        int flags = f.roundResult(64) | FpFlags.PRECISION;
        return kind == Extended.DENORMAL ? flags | FpFlags.DENORMAL : flags;
    }

    /** Delivers an argument or one as the result that is inexact without having been rounded. */
    private static int tiny(FpuState f, WideFloat value, int kind) {
        f.r.set(value);
        int flags = f.roundResult(64) | FpFlags.PRECISION;
        if (f.resultSignificand >= 0) {
            flags |= FpFlags.UNDERFLOW;
        }
        return kind == Extended.DENORMAL ? flags | FpFlags.DENORMAL : flags;
    }

    private static int special(FpuState f, int kind, int exponent, long significand) {
        if (kind == Extended.INFINITY) {
            f.indefinite();
            return FpFlags.INVALID;
        }
        return X87Nan.quiet(f, kind, exponent, significand);
    }

    private static void trigonometric(FpuState f, boolean wantSine, boolean both) {
        f.status &= ~(FpuState.C1 | FpuState.C2);
        if (both) {
            if (!canPush(f)) {
                return;
            }
        } else if (f.isEmpty(0)) {
            if (f.stackUnderflow()) {
                f.setResult(0);
            }
            return;
        }
        int exponent = f.exponent(0);
        long significand = f.significand(0);
        int kind = Extended.classify(exponent, significand);
        if (kind >= Extended.INFINITY) {
            if (f.raise(special(f, kind, exponent, significand))) {
                f.setResult(0);
                if (both) {
                    f.push(f.resultExponent, f.resultSignificand);
                }
            }
            return;
        }
        if (kind == Extended.ZERO) {
            f.result(wantSine ? exponent : Extended.BIAS, wantSine ? 0 : Extended.INTEGER_BIT);
            f.setResult(0);
            if (both) {
                f.push(Extended.BIAS, Extended.INTEGER_BIT);
            }
            return;
        }
        Extended.unpack(f.a, exponent, significand);
        if (f.a.exponent >= TRIGONOMETRIC_LIMIT) {
            f.status |= FpuState.C2;
            return;
        }
        boolean tiny = f.a.exponent < TINY_LIMIT;
        if (!tiny) {
            f.elementary.sineCosine(f.a);
        }
        int flags;
        if (tiny) {
            flags = tiny(f, wantSine ? f.a : ElementaryConstants.UNITY, kind);
        } else {
            f.r.set(wantSine ? f.elementary.sine : f.elementary.cosine);
            flags = inexact(f, kind);
        }
        boolean up = f.roundedUp();
        int firstExponent = f.resultExponent;
        long firstSignificand = f.resultSignificand;
        if (both) {
            if (tiny) {
                flags |= tiny(f, ElementaryConstants.UNITY, Extended.NORMAL);
            } else {
                f.r.set(f.elementary.cosine);
                flags |= inexact(f, kind);
            }
            up = f.roundedUp();
        }
        if (f.raise(flags)) {
            f.set(0, firstExponent, firstSignificand);
            if (both) {
                f.push(f.resultExponent, f.resultSignificand);
            }
            f.setC1(up);
        }
    }

    /** F2XM1; outside [-1, 1], where the manual defines nothing, the operand stays. */
    public static void powerMinusOne(FpuState f) {
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
        int flags = 0;
        f.r.roundedUp = false;
        if (kind > Extended.INFINITY) {
            flags = X87Nan.quiet(f, kind, exponent, significand);
        } else if (kind == Extended.INFINITY) {
            boolean down = Extended.isNegative(exponent);
            f.result(down ? 0xBFFF : exponent, Extended.INTEGER_BIT);
        } else {
            f.result(exponent, significand);
            Extended.unpack(f.a, exponent, significand);
            if (kind != Extended.ZERO) {
                if (f.a.exponent < 0) {
                    f.elementary.powerMinusOne(f.r, f.a);
                    flags = inexact(f, kind);
                } else {
                    flags = FpFlags.PRECISION;
                    if (f.a.negative && f.a.exponent == 0 && f.a.high == Extended.INTEGER_BIT) {
                        f.result(0xBFFE, Extended.INTEGER_BIT);
                    }
                }
            }
        }
        if (f.raise(flags)) {
            f.setC1((flags & FpFlags.PRECISION) != 0 && f.roundedUp());
            f.setResult(0);
        }
    }

    /** FPATAN: ST(1) becomes the angle of (ST(0), ST(1)), then the stack is popped. */
    public static void arcTangent(FpuState f) {
        binary(f, ARC_TANGENT);
    }

    /** FYL2X: ST(1) becomes ST(1) log2 ST(0), then the stack is popped. */
    public static void logarithm(FpuState f) {
        binary(f, LOGARITHM);
    }

    /** FYL2XP1: ST(1) becomes ST(1) log2(ST(0) + 1), then the stack is popped. */
    public static void logarithmPlusOne(FpuState f) {
        binary(f, LOGARITHM_PLUS_ONE);
    }

    /** Exponent from which 1 + x is far enough from one to take its logarithm. */
    private static final int LOGARITHM_DIRECT_FROM = -3;

    private static final int ARC_TANGENT = 0;
    private static final int LOGARITHM = 1;
    private static final int LOGARITHM_PLUS_ONE = 2;

    private static void binary(FpuState f, int function) {
        f.status &= ~FpuState.C1;
        if (f.isEmpty(0) || f.isEmpty(1)) {
            if (f.stackUnderflow()) {
                f.setResult(1);
                f.pop();
            }
            return;
        }
        int xExponent = f.exponent(0);
        long xSig = f.significand(0);
        int yExponent = f.exponent(1);
        long ySig = f.significand(1);
        int classX = Extended.classify(xExponent, xSig);
        int classY = Extended.classify(yExponent, ySig);
        int flags;
        f.r.roundedUp = false;
        if (classX > Extended.INFINITY || classY > Extended.INFINITY) {
            flags = X87Nan.propagate(f, classX, xExponent, xSig, classY, yExponent, ySig);
        } else {
            boolean denormal = classX == Extended.DENORMAL || classY == Extended.DENORMAL;
            Extended.unpack(f.a, xExponent, xSig);
            Extended.unpack(f.b, yExponent, ySig);
            flags =
                    switch (function) {
                        case ARC_TANGENT -> angle(f, classX, classY);
                        case LOGARITHM -> logarithm(f, classX, classY);
                        default -> logarithmPlusOne(f, classX, classY);
                    };
            if (denormal && (flags & (FpFlags.INVALID | FpFlags.ZERO_DIVIDE)) == 0) {
                flags |= FpFlags.DENORMAL;
            }
        }
        if (f.raise(flags)) {
            f.setC1((flags & FpFlags.PRECISION) != 0 && f.roundedUp());
            f.setResult(1);
            f.pop();
        }
    }

    private static int angle(FpuState f, int classX, int classY) {
        boolean negativeX = f.a.negative;
        boolean negativeY = f.b.negative;
        int sign = negativeY ? 0x8000 : 0;
        WideFloat r = f.r;
        if (classY == Extended.ZERO || (classX == Extended.INFINITY && classY < classX)) {
            if (!negativeX) {
                f.result(sign, 0);
                return 0;
            }
            r.set(ElementaryConstants.PI);
        } else if (classX == Extended.INFINITY) {
            r.set(ElementaryConstants.PI);
            r.exponent -= 2;
            if (negativeX) {
                r.setDifference(ElementaryConstants.PI, r);
            }
        } else if (classX == Extended.ZERO || classY == Extended.INFINITY) {
            r.set(ElementaryConstants.HALF_PI);
        } else {
            f.elementary.arcTangent(r, f.b, f.a);
        }
        r.negative = negativeY;
        return inexact(f, Extended.NORMAL);
    }

    private static int logarithm(FpuState f, int classX, int classY) {
        boolean negativeY = f.b.negative;
        if (classX == Extended.ZERO) {
            if (classY == Extended.ZERO) {
                return invalid(f);
            }
            f.result(negativeY ? 0x7FFF : 0xFFFF, Extended.INTEGER_BIT);
            return classY == Extended.INFINITY ? 0 : FpFlags.ZERO_DIVIDE;
        }
        if (f.a.negative) {
            return invalid(f);
        }
        boolean one =
                classX == Extended.NORMAL && f.a.exponent == 0 && f.a.high == Extended.INTEGER_BIT;
        boolean below = classX != Extended.INFINITY && f.a.exponent < 0;
        if (classX == Extended.INFINITY || classY == Extended.INFINITY) {
            if (one || classY == Extended.ZERO) {
                return invalid(f);
            }
            int sign = negativeY ^ below ? 0x8000 : 0;
            f.result(sign | Extended.EXPONENT_FIELD_MAX, Extended.INTEGER_BIT);
            return 0;
        }
        if (one || classY == Extended.ZERO) {
            f.result(negativeY ^ below ? 0x8000 : 0, 0);
            return 0;
        }
        f.elementary.logarithm(f.r, f.a);
        f.r.setProduct(f.r, f.b);
        return f.a.high == Extended.INTEGER_BIT
                ? f.roundResult(64) | FpFlags.PRECISION
                : inexact(f, Extended.NORMAL);
    }

    private static int logarithmPlusOne(FpuState f, int classX, int classY) {
        boolean negativeX = f.a.negative;
        boolean negativeY = f.b.negative;
        int sign = negativeX ^ negativeY ? 0x8000 : 0;
        if (classX == Extended.INFINITY) {
            if (negativeX || classY == Extended.ZERO) {
                return invalid(f);
            }
            f.result(sign | Extended.EXPONENT_FIELD_MAX, Extended.INTEGER_BIT);
            return 0;
        }
        if (classY == Extended.INFINITY) {
            if (classX == Extended.ZERO) {
                return invalid(f);
            }
            f.result(sign | Extended.EXPONENT_FIELD_MAX, Extended.INTEGER_BIT);
            return 0;
        }
        if (classX == Extended.ZERO || classY == Extended.ZERO) {
            f.result(sign, 0);
            return 0;
        }
        if (f.a.exponent >= 0 && negativeX) {
            // not defined by the manual; the processors deliver ST(0)
            f.result(f.exponent(0), f.significand(0));
            return FpFlags.PRECISION;
        }
        if (f.a.exponent >= LOGARITHM_DIRECT_FROM) {
            f.r.setSum(f.a, ElementaryConstants.UNITY);
            f.a.set(f.r);
            f.elementary.logarithm(f.r, f.a);
        } else {
            f.elementary.logarithmPlusOne(f.r, f.a);
        }
        f.r.setProduct(f.r, f.b);
        return inexact(f, Extended.NORMAL);
    }

    private static int invalid(FpuState f) {
        f.indefinite();
        return FpFlags.INVALID;
    }
}
