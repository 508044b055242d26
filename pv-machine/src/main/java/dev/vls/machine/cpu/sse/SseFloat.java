package dev.vls.machine.cpu.sse;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Flags;
import dev.vls.machine.cpu.Vector;

/**
 * Floating-point instructions on XMM registers. Each computes all its lanes, then raises #XM with
 * the destination untouched if one of them met an unmasked exception.
 */
public final class SseFloat {
    private SseFloat() {}

    // What instructions do most of the time stands here in short, for translated code to stay
    // short; Binary32 and Binary64 know all cases. Scalars meet again as float and double, for
    // HotSpot to hand the result of one operation to the next without a way through an integer.

    private static float single(long bits) {
        return Float.intBitsToFloat((int) bits);
    }

    private static double twice(long bits) {
        return Double.longBitsToDouble(bits);
    }

    private static int bits(float value) {
        return Float.floatToRawIntBits(value);
    }

    private static long bits(double value) {
        return Double.doubleToRawLongBits(value);
    }

    /** Delivers a scalar result. */
    private static long done(Cpu cpu, long value) {
        if (!cpu.mxcsr.commit()) {
            throw cpu.raise(Vector.XM);
        }
        return value;
    }

    /** Delivers a packed result. */
    private static void put(Cpu cpu, int v, long low, long high) {
        if (!cpu.mxcsr.commit()) {
            throw cpu.raise(Vector.XM);
        }
        cpu.xmm[v] = low;
        cpu.xmm[v + 1] = high;
    }

    /** ADDSS. */
    public static long addss(Cpu cpu, long a, long b) {
        float r = single(a) + single(b);
        if (!cpu.mxcsr.settled || !Binary32.isUsableSum((int) a, (int) b, bits(r))) {
            r = single(done(cpu, Binary32.add(cpu.mxcsr, (int) a, (int) b)));
        }
        return bits(r);
    }

    /** ADDSD. */
    public static long addsd(Cpu cpu, long a, long b) {
        double r = twice(a) + twice(b);
        if (!cpu.mxcsr.settled || !Binary64.isUsableSum(a, b, bits(r))) {
            r = twice(done(cpu, Binary64.add(cpu.mxcsr, a, b)));
        }
        return bits(r);
    }

    /** ADDPS. */
    public static void addps(Cpu cpu, int v, int w) {
        long low = Packed32.add(cpu.mxcsr, cpu.xmm[v], cpu.xmm[w]);
        long high = Packed32.add(cpu.mxcsr, cpu.xmm[v + 1], cpu.xmm[w + 1]);
        put(cpu, v, low, high);
    }

    /** ADDPD. */
    public static void addpd(Cpu cpu, int v, int w) {
        if (cpu.mxcsr.settled) {
            long r = bits(twice(cpu.xmm[v]) + twice(cpu.xmm[w]));
            long r1 = bits(twice(cpu.xmm[v + 1]) + twice(cpu.xmm[w + 1]));
            if (Binary64.areNormal(cpu.xmm[v], cpu.xmm[w], r)
                    && Binary64.areNormal(cpu.xmm[v + 1], cpu.xmm[w + 1], r1)) {
                cpu.xmm[v] = r;
                cpu.xmm[v + 1] = r1;
                return;
            }
        }
        long low = Binary64.add(cpu.mxcsr, cpu.xmm[v], cpu.xmm[w]);
        long high = Binary64.add(cpu.mxcsr, cpu.xmm[v + 1], cpu.xmm[w + 1]);
        put(cpu, v, low, high);
    }

    /** SUBSS. */
    public static long subss(Cpu cpu, long a, long b) {
        float r = single(a) - single(b);
        if (!cpu.mxcsr.settled || !Binary32.isUsableSum((int) a, (int) b, bits(r))) {
            r = single(done(cpu, Binary32.sub(cpu.mxcsr, (int) a, (int) b)));
        }
        return bits(r);
    }

    /** SUBSD. */
    public static long subsd(Cpu cpu, long a, long b) {
        double r = twice(a) - twice(b);
        if (!cpu.mxcsr.settled || !Binary64.isUsableSum(a, b, bits(r))) {
            r = twice(done(cpu, Binary64.sub(cpu.mxcsr, a, b)));
        }
        return bits(r);
    }

    /** SUBPS. */
    public static void subps(Cpu cpu, int v, int w) {
        long low = Packed32.sub(cpu.mxcsr, cpu.xmm[v], cpu.xmm[w]);
        long high = Packed32.sub(cpu.mxcsr, cpu.xmm[v + 1], cpu.xmm[w + 1]);
        put(cpu, v, low, high);
    }

    /** SUBPD. */
    public static void subpd(Cpu cpu, int v, int w) {
        if (cpu.mxcsr.settled) {
            long r = bits(twice(cpu.xmm[v]) - twice(cpu.xmm[w]));
            long r1 = bits(twice(cpu.xmm[v + 1]) - twice(cpu.xmm[w + 1]));
            if (Binary64.areNormal(cpu.xmm[v], cpu.xmm[w], r)
                    && Binary64.areNormal(cpu.xmm[v + 1], cpu.xmm[w + 1], r1)) {
                cpu.xmm[v] = r;
                cpu.xmm[v + 1] = r1;
                return;
            }
        }
        long low = Binary64.sub(cpu.mxcsr, cpu.xmm[v], cpu.xmm[w]);
        long high = Binary64.sub(cpu.mxcsr, cpu.xmm[v + 1], cpu.xmm[w + 1]);
        put(cpu, v, low, high);
    }

    /** MULSS. */
    public static long mulss(Cpu cpu, long a, long b) {
        float r = single(a) * single(b);
        if (!cpu.mxcsr.settled || !Binary32.isUsableProduct((int) a, (int) b, bits(r))) {
            r = single(done(cpu, Binary32.mul(cpu.mxcsr, (int) a, (int) b)));
        }
        return bits(r);
    }

    /** MULSD. */
    public static long mulsd(Cpu cpu, long a, long b) {
        double r = twice(a) * twice(b);
        if (!cpu.mxcsr.settled || !Binary64.isUsableProduct(a, b, bits(r))) {
            r = twice(done(cpu, Binary64.mul(cpu.mxcsr, a, b)));
        }
        return bits(r);
    }

    /** MULPS. */
    public static void mulps(Cpu cpu, int v, int w) {
        long low = Packed32.mul(cpu.mxcsr, cpu.xmm[v], cpu.xmm[w]);
        long high = Packed32.mul(cpu.mxcsr, cpu.xmm[v + 1], cpu.xmm[w + 1]);
        put(cpu, v, low, high);
    }

    /** MULPD. */
    public static void mulpd(Cpu cpu, int v, int w) {
        if (cpu.mxcsr.settled) {
            long r = bits(twice(cpu.xmm[v]) * twice(cpu.xmm[w]));
            long r1 = bits(twice(cpu.xmm[v + 1]) * twice(cpu.xmm[w + 1]));
            if (Binary64.areNormal(cpu.xmm[v], cpu.xmm[w], r)
                    && Binary64.areNormal(cpu.xmm[v + 1], cpu.xmm[w + 1], r1)
                    && Binary64.isSafe(r)
                    && Binary64.isSafe(r1)) {
                cpu.xmm[v] = r;
                cpu.xmm[v + 1] = r1;
                return;
            }
        }
        long low = Binary64.mul(cpu.mxcsr, cpu.xmm[v], cpu.xmm[w]);
        long high = Binary64.mul(cpu.mxcsr, cpu.xmm[v + 1], cpu.xmm[w + 1]);
        put(cpu, v, low, high);
    }

    /** DIVSS. */
    public static long divss(Cpu cpu, long a, long b) {
        float r = single(a) / single(b);
        if (!cpu.mxcsr.settled || !Binary32.isUsableProduct((int) a, (int) b, bits(r))) {
            r = single(done(cpu, Binary32.div(cpu.mxcsr, (int) a, (int) b)));
        }
        return bits(r);
    }

    /** DIVSD. */
    public static long divsd(Cpu cpu, long a, long b) {
        double r = twice(a) / twice(b);
        if (!cpu.mxcsr.settled || !Binary64.isUsableProduct(a, b, bits(r))) {
            r = twice(done(cpu, Binary64.div(cpu.mxcsr, a, b)));
        }
        return bits(r);
    }

    /** DIVPS. */
    public static void divps(Cpu cpu, int v, int w) {
        long low = Packed32.div(cpu.mxcsr, cpu.xmm[v], cpu.xmm[w]);
        long high = Packed32.div(cpu.mxcsr, cpu.xmm[v + 1], cpu.xmm[w + 1]);
        put(cpu, v, low, high);
    }

    /** DIVPD. */
    public static void divpd(Cpu cpu, int v, int w) {
        if (cpu.mxcsr.settled) {
            long r = bits(twice(cpu.xmm[v]) / twice(cpu.xmm[w]));
            long r1 = bits(twice(cpu.xmm[v + 1]) / twice(cpu.xmm[w + 1]));
            if (Binary64.areNormal(cpu.xmm[v], cpu.xmm[w], r)
                    && Binary64.areNormal(cpu.xmm[v + 1], cpu.xmm[w + 1], r1)
                    && Binary64.isSafe(r)
                    && Binary64.isSafe(r1)) {
                cpu.xmm[v] = r;
                cpu.xmm[v + 1] = r1;
                return;
            }
        }
        long low = Binary64.div(cpu.mxcsr, cpu.xmm[v], cpu.xmm[w]);
        long high = Binary64.div(cpu.mxcsr, cpu.xmm[v + 1], cpu.xmm[w + 1]);
        put(cpu, v, low, high);
    }

    /** MINSS. */
    public static long minss(Cpu cpu, long a, long b) {
        return done(cpu, Binary32.min(cpu.mxcsr, (int) a, (int) b));
    }

    /** MINSD. */
    public static long minsd(Cpu cpu, long a, long b) {
        return done(cpu, Binary64.min(cpu.mxcsr, a, b));
    }

    /** MINPS. */
    public static void minps(Cpu cpu, int v, int w) {
        long low = Packed32.min(cpu.mxcsr, cpu.xmm[v], cpu.xmm[w]);
        long high = Packed32.min(cpu.mxcsr, cpu.xmm[v + 1], cpu.xmm[w + 1]);
        put(cpu, v, low, high);
    }

    /** MINPD. */
    public static void minpd(Cpu cpu, int v, int w) {
        long low = Binary64.min(cpu.mxcsr, cpu.xmm[v], cpu.xmm[w]);
        long high = Binary64.min(cpu.mxcsr, cpu.xmm[v + 1], cpu.xmm[w + 1]);
        put(cpu, v, low, high);
    }

    /** MAXSS. */
    public static long maxss(Cpu cpu, long a, long b) {
        return done(cpu, Binary32.max(cpu.mxcsr, (int) a, (int) b));
    }

    /** MAXSD. */
    public static long maxsd(Cpu cpu, long a, long b) {
        return done(cpu, Binary64.max(cpu.mxcsr, a, b));
    }

    /** MAXPS. */
    public static void maxps(Cpu cpu, int v, int w) {
        long low = Packed32.max(cpu.mxcsr, cpu.xmm[v], cpu.xmm[w]);
        long high = Packed32.max(cpu.mxcsr, cpu.xmm[v + 1], cpu.xmm[w + 1]);
        put(cpu, v, low, high);
    }

    /** MAXPD. */
    public static void maxpd(Cpu cpu, int v, int w) {
        long low = Binary64.max(cpu.mxcsr, cpu.xmm[v], cpu.xmm[w]);
        long high = Binary64.max(cpu.mxcsr, cpu.xmm[v + 1], cpu.xmm[w + 1]);
        put(cpu, v, low, high);
    }

    /** SQRTSS. */
    public static long sqrtss(Cpu cpu, long b) {
        float r = (float) Math.sqrt(single(b));
        if (!cpu.mxcsr.settled || (int) b <= 0 || !Binary32.isNormal((int) b)) {
            r = single(done(cpu, Binary32.squareRoot(cpu.mxcsr, (int) b)));
        }
        return bits(r);
    }

    /** SQRTSD. */
    public static long sqrtsd(Cpu cpu, long b) {
        double r = Math.sqrt(twice(b));
        if (!cpu.mxcsr.settled || b <= 0 || !Binary64.isNormal(b)) {
            r = twice(done(cpu, Binary64.squareRoot(cpu.mxcsr, b)));
        }
        return bits(r);
    }

    /** SQRTPS. */
    public static void sqrtps(Cpu cpu, int v, int w) {
        long low = Packed32.squareRoot(cpu.mxcsr, cpu.xmm[w]);
        put(cpu, v, low, Packed32.squareRoot(cpu.mxcsr, cpu.xmm[w + 1]));
    }

    /** SQRTPD. */
    public static void sqrtpd(Cpu cpu, int v, int w) {
        long low = Binary64.squareRoot(cpu.mxcsr, cpu.xmm[w]);
        put(cpu, v, low, Binary64.squareRoot(cpu.mxcsr, cpu.xmm[w + 1]));
    }

    /** RCPSS. */
    public static long rcpss(long b) {
        return Approximation.reciprocal((int) b);
    }

    /** RSQRTSS. */
    public static long rsqrtss(long b) {
        return Approximation.reciprocalRoot((int) b);
    }

    /** ADDSUBPS. */
    public static void addsubps(Cpu cpu, int v, int w) {
        long low = Packed32.addSub(cpu.mxcsr, cpu.xmm[v], cpu.xmm[w]);
        put(cpu, v, low, Packed32.addSub(cpu.mxcsr, cpu.xmm[v + 1], cpu.xmm[w + 1]));
    }

    /** ADDSUBPD. */
    public static void addsubpd(Cpu cpu, int v, int w) {
        long low = Binary64.sub(cpu.mxcsr, cpu.xmm[v], cpu.xmm[w]);
        put(cpu, v, low, Binary64.add(cpu.mxcsr, cpu.xmm[v + 1], cpu.xmm[w + 1]));
    }

    /** HADDPS. */
    public static void haddps(Cpu cpu, int v, int w) {
        long low = Packed32.horizontalAdd(cpu.mxcsr, cpu.xmm[v], cpu.xmm[v + 1]);
        put(cpu, v, low, Packed32.horizontalAdd(cpu.mxcsr, cpu.xmm[w], cpu.xmm[w + 1]));
    }

    /** HSUBPS. */
    public static void hsubps(Cpu cpu, int v, int w) {
        long low = Packed32.horizontalSub(cpu.mxcsr, cpu.xmm[v], cpu.xmm[v + 1]);
        put(cpu, v, low, Packed32.horizontalSub(cpu.mxcsr, cpu.xmm[w], cpu.xmm[w + 1]));
    }

    /** HADDPD. */
    public static void haddpd(Cpu cpu, int v, int w) {
        long low = Binary64.add(cpu.mxcsr, cpu.xmm[v], cpu.xmm[v + 1]);
        put(cpu, v, low, Binary64.add(cpu.mxcsr, cpu.xmm[w], cpu.xmm[w + 1]));
    }

    /** HSUBPD. */
    public static void hsubpd(Cpu cpu, int v, int w) {
        long low = Binary64.sub(cpu.mxcsr, cpu.xmm[v], cpu.xmm[v + 1]);
        put(cpu, v, low, Binary64.sub(cpu.mxcsr, cpu.xmm[w], cpu.xmm[w + 1]));
    }

    /** CMPSS. */
    public static long cmpss(Cpu cpu, long a, long b, int predicate) {
        return done(cpu, Binary32.compare(cpu.mxcsr, (int) a, (int) b, predicate));
    }

    /** CMPSD. */
    public static long cmpsd(Cpu cpu, long a, long b, int predicate) {
        return done(cpu, Binary64.compare(cpu.mxcsr, a, b, predicate));
    }

    /** CMPPS. */
    public static void cmpps(Cpu cpu, int v, int w, int predicate) {
        long low = Packed32.compare(cpu.mxcsr, cpu.xmm[v], cpu.xmm[w], predicate);
        put(cpu, v, low, Packed32.compare(cpu.mxcsr, cpu.xmm[v + 1], cpu.xmm[w + 1], predicate));
    }

    /** CMPPD. */
    public static void cmppd(Cpu cpu, int v, int w, int predicate) {
        long low = Binary64.compare(cpu.mxcsr, cpu.xmm[v], cpu.xmm[w], predicate);
        put(cpu, v, low, Binary64.compare(cpu.mxcsr, cpu.xmm[v + 1], cpu.xmm[w + 1], predicate));
    }

    /** UCOMISS. */
    public static void ucomiss(Cpu cpu, long a, long b) {
        flags(cpu, Binary32.compareFlags(cpu.mxcsr, (int) a, (int) b, false));
    }

    /** COMISS. */
    public static void comiss(Cpu cpu, long a, long b) {
        flags(cpu, Binary32.compareFlags(cpu.mxcsr, (int) a, (int) b, true));
    }

    /** UCOMISD. */
    public static void ucomisd(Cpu cpu, long a, long b) {
        flags(cpu, Binary64.compareFlags(cpu.mxcsr, a, b, false));
    }

    /** COMISD. */
    public static void comisd(Cpu cpu, long a, long b) {
        flags(cpu, Binary64.compareFlags(cpu.mxcsr, a, b, true));
    }

    private static void flags(Cpu cpu, int arithmetic) {
        Flags.setArithmetic(cpu, (int) done(cpu, arithmetic));
    }

    /** ROUNDSS. */
    public static long roundss(Cpu cpu, long b, int control) {
        return done(cpu, Binary32.round(cpu.mxcsr, (int) b, control));
    }

    /** ROUNDSD. */
    public static long roundsd(Cpu cpu, long b, int control) {
        return done(cpu, Binary64.round(cpu.mxcsr, b, control));
    }

    /** ROUNDPS. */
    public static void roundps(Cpu cpu, int v, int w, int control) {
        long low = Packed32.round(cpu.mxcsr, cpu.xmm[w], control);
        put(cpu, v, low, Packed32.round(cpu.mxcsr, cpu.xmm[w + 1], control));
    }

    /** ROUNDPD. */
    public static void roundpd(Cpu cpu, int v, int w, int control) {
        long low = Binary64.round(cpu.mxcsr, cpu.xmm[w], control);
        put(cpu, v, low, Binary64.round(cpu.mxcsr, cpu.xmm[w + 1], control));
    }

    /** DPPS. */
    public static void dpps(Cpu cpu, int v, int w, int control) {
        DotProduct dot = cpu.dotProduct;
        dot.single(cpu.mxcsr, cpu.xmm[v], cpu.xmm[v + 1], cpu.xmm[w], cpu.xmm[w + 1], control);
        put(cpu, v, dot.low, dot.high);
    }

    /** DPPD. */
    public static void dppd(Cpu cpu, int v, int w, int control) {
        DotProduct dot = cpu.dotProduct;
        dot.twice(cpu.mxcsr, cpu.xmm[v], cpu.xmm[v + 1], cpu.xmm[w], cpu.xmm[w + 1], control);
        put(cpu, v, dot.low, dot.high);
    }
}
