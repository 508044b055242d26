package dev.vls.machine.cpu.x87;

import dev.vls.machine.cpu.fp.FpFlags;

/** NaN results of x87 operations (Intel SDM volume 1, table 4-7). */
final class X87Nan {
    private X87Nan() {}

    /** Result of a one-operand operation on a NaN or unsupported value. */
    static int quiet(FpuState f, int kind, int exponent, long significand) {
        if (kind == Extended.UNSUPPORTED) {
            f.indefinite();
            return FpFlags.INVALID;
        }
        f.result(exponent, significand | Extended.QUIET_BIT);
        return kind == Extended.SIGNALLING_NAN ? FpFlags.INVALID : 0;
    }

    /** Result of a two-operand operation of which at least one is a NaN or unsupported. */
    static int propagate(
            FpuState f,
            int classA,
            int aExponent,
            long aSig,
            int classB,
            int bExponent,
            long bSig) {
        if (classA == Extended.UNSUPPORTED || classB == Extended.UNSUPPORTED) {
            f.indefinite();
            return FpFlags.INVALID;
        }
        boolean signalling = classA == Extended.SIGNALLING_NAN || classB == Extended.SIGNALLING_NAN;
        boolean first;
        if (classB < Extended.QUIET_NAN) {
            first = true;
        } else if (classA < Extended.QUIET_NAN) {
            first = false;
        } else if (classA != classB) {
            first = classA == Extended.QUIET_NAN;
        } else if (aSig != bSig) {
            first = Long.compareUnsigned(aSig, bSig) > 0;
        } else {
            first = !Extended.isNegative(aExponent);
        }
        f.result(first ? aExponent : bExponent, (first ? aSig : bSig) | Extended.QUIET_BIT);
        return signalling ? FpFlags.INVALID : 0;
    }
}
