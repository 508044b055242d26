package dev.vls.machine.cpu.sse;

/**
 * Packed single-precision operations on one 64-bit half of a register: two lanes at a time. The
 * double-precision counterparts are the operations of {@link Binary64} themselves.
 */
public final class Packed32 {
    private static final long LOW = 0xFFFFFFFFL;

    private Packed32() {}

    private static long join(int low, int high) {
        return (low & LOW) | (long) high << 32;
    }

    private static int high(long half) {
        return (int) (half >>> 32);
    }

    /** ADDPS. */
    public static long add(MxcsrState s, long a, long b) {
        return join(Binary32.add(s, (int) a, (int) b), Binary32.add(s, high(a), high(b)));
    }

    /** SUBPS. */
    public static long sub(MxcsrState s, long a, long b) {
        return join(Binary32.sub(s, (int) a, (int) b), Binary32.sub(s, high(a), high(b)));
    }

    /** MULPS. */
    public static long mul(MxcsrState s, long a, long b) {
        return join(Binary32.mul(s, (int) a, (int) b), Binary32.mul(s, high(a), high(b)));
    }

    /** DIVPS. */
    public static long div(MxcsrState s, long a, long b) {
        return join(Binary32.div(s, (int) a, (int) b), Binary32.div(s, high(a), high(b)));
    }

    /** MINPS. */
    public static long min(MxcsrState s, long a, long b) {
        return join(Binary32.min(s, (int) a, (int) b), Binary32.min(s, high(a), high(b)));
    }

    /** MAXPS. */
    public static long max(MxcsrState s, long a, long b) {
        return join(Binary32.max(s, (int) a, (int) b), Binary32.max(s, high(a), high(b)));
    }

    /** ADDSUBPS: subtracts in the even lane and adds in the odd one. */
    public static long addSub(MxcsrState s, long a, long b) {
        return join(Binary32.sub(s, (int) a, (int) b), Binary32.add(s, high(a), high(b)));
    }

    /** One half of HADDPS: sums of neighbours of {@code a}'s two halves. */
    public static long horizontalAdd(MxcsrState s, long low, long high) {
        return join(Binary32.add(s, (int) low, high(low)), Binary32.add(s, (int) high, high(high)));
    }

    /** One half of HSUBPS. */
    public static long horizontalSub(MxcsrState s, long low, long high) {
        return join(Binary32.sub(s, (int) low, high(low)), Binary32.sub(s, (int) high, high(high)));
    }

    /** SQRTPS. */
    public static long squareRoot(MxcsrState s, long a) {
        return join(Binary32.squareRoot(s, (int) a), Binary32.squareRoot(s, high(a)));
    }

    /** CMPPS. */
    public static long compare(MxcsrState s, long a, long b, int predicate) {
        return join(
                Binary32.compare(s, (int) a, (int) b, predicate),
                Binary32.compare(s, high(a), high(b), predicate));
    }

    /** ROUNDPS. */
    public static long round(MxcsrState s, long a, int control) {
        return join(Binary32.round(s, (int) a, control), Binary32.round(s, high(a), control));
    }

    /** RCPPS. */
    public static long reciprocal(long a) {
        return join(Approximation.reciprocal((int) a), Approximation.reciprocal(high(a)));
    }

    /** RSQRTPS. */
    public static long reciprocalRoot(long a) {
        return join(Approximation.reciprocalRoot((int) a), Approximation.reciprocalRoot(high(a)));
    }

    /** CVTDQ2PS and CVTPI2PS. */
    public static long fromIntegers(MxcsrState s, long a) {
        return join(Binary32.fromInt32(s, (int) a), Binary32.fromInt32(s, high(a)));
    }

    /** CVTPS2DQ, CVTTPS2DQ, CVTPS2PI and CVTTPS2PI. */
    public static long toIntegers(MxcsrState s, long a, boolean truncate) {
        return join(
                (int) Binary32.toInteger(s, (int) a, 32, truncate),
                (int) Binary32.toInteger(s, high(a), 32, truncate));
    }

    /** CVTPD2PS: both halves of a double-precision register into one half. */
    public static long fromBinary64(MxcsrState s, long low, long high) {
        return join(Binary64.toBinary32(s, low), Binary64.toBinary32(s, high));
    }

    /** CVTPD2DQ, CVTTPD2DQ, CVTPD2PI and CVTTPD2PI: both halves into one. */
    public static long integersFromBinary64(MxcsrState s, long low, long high, boolean truncate) {
        return join(
                (int) Binary64.toInteger(s, low, 32, truncate),
                (int) Binary64.toInteger(s, high, 32, truncate));
    }
}
