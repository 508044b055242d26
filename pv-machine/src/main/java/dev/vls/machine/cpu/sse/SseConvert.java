package dev.vls.machine.cpu.sse;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Vector;

/** Conversions among floating-point formats and integers. */
public final class SseConvert {
    private SseConvert() {}

    private static long done(Cpu cpu, long value) {
        if (!cpu.mxcsr.commit()) {
            throw cpu.raise(Vector.XM);
        }
        return value;
    }

    /** As {@link #done}; the unit enters MMX state even when #XM is raised. */
    private static long doneMmx(Cpu cpu, long value) {
        cpu.fpu.enterMmx();
        return done(cpu, value);
    }

    private static long doubles(Cpu cpu, int w, boolean truncate) {
        return Packed32.integersFromBinary64(cpu.mxcsr, cpu.xmm[w], cpu.xmm[w + 1], truncate);
    }

    private static void put(Cpu cpu, int v, long low, long high) {
        if (!cpu.mxcsr.commit()) {
            throw cpu.raise(Vector.XM);
        }
        cpu.xmm[v] = low;
        cpu.xmm[v + 1] = high;
    }

    /** CVTSS2SD. */
    public static long cvtss2sd(Cpu cpu, long b) {
        return done(cpu, Binary32.toBinary64(cpu.mxcsr, (int) b));
    }

    /** CVTSD2SS. */
    public static long cvtsd2ss(Cpu cpu, long b) {
        return done(cpu, Binary64.toBinary32(cpu.mxcsr, b));
    }

    /** CVTPS2PD. */
    public static void cvtps2pd(Cpu cpu, int v, long b) {
        long low = Binary32.toBinary64(cpu.mxcsr, (int) b);
        put(cpu, v, low, Binary32.toBinary64(cpu.mxcsr, (int) (b >>> 32)));
    }

    /** CVTPD2PS. */
    public static void cvtpd2ps(Cpu cpu, int v, int w) {
        put(cpu, v, Packed32.fromBinary64(cpu.mxcsr, cpu.xmm[w], cpu.xmm[w + 1]), 0);
    }

    /** CVTDQ2PS. */
    public static void cvtdq2ps(Cpu cpu, int v, int w) {
        long low = Packed32.fromIntegers(cpu.mxcsr, cpu.xmm[w]);
        put(cpu, v, low, Packed32.fromIntegers(cpu.mxcsr, cpu.xmm[w + 1]));
    }

    /** CVTDQ2PD and CVTPI2PD. */
    public static void cvtdq2pd(Cpu cpu, int v, long b) {
        cpu.xmm[v] = Binary64.fromInt32((int) b);
        cpu.xmm[v + 1] = Binary64.fromInt32((int) (b >>> 32));
    }

    /** CVTPS2DQ. */
    public static void cvtps2dq(Cpu cpu, int v, int w) {
        long low = Packed32.toIntegers(cpu.mxcsr, cpu.xmm[w], false);
        put(cpu, v, low, Packed32.toIntegers(cpu.mxcsr, cpu.xmm[w + 1], false));
    }

    /** CVTTPS2DQ. */
    public static void cvttps2dq(Cpu cpu, int v, int w) {
        long low = Packed32.toIntegers(cpu.mxcsr, cpu.xmm[w], true);
        put(cpu, v, low, Packed32.toIntegers(cpu.mxcsr, cpu.xmm[w + 1], true));
    }

    /** CVTPD2DQ. */
    public static void cvtpd2dq(Cpu cpu, int v, int w) {
        put(cpu, v, doubles(cpu, w, false), 0);
    }

    /** CVTTPD2DQ. */
    public static void cvttpd2dq(Cpu cpu, int v, int w) {
        put(cpu, v, doubles(cpu, w, true), 0);
    }

    /** CVTPD2PI. */
    public static long cvtpd2pi(Cpu cpu, int w) {
        return doneMmx(cpu, doubles(cpu, w, false));
    }

    /** CVTTPD2PI. */
    public static long cvttpd2pi(Cpu cpu, int w) {
        return doneMmx(cpu, doubles(cpu, w, true));
    }

    /** CVTPS2PI. */
    public static long cvtps2pi(Cpu cpu, long b) {
        return doneMmx(cpu, Packed32.toIntegers(cpu.mxcsr, b, false));
    }

    /** CVTTPS2PI. */
    public static long cvttps2pi(Cpu cpu, long b) {
        return doneMmx(cpu, Packed32.toIntegers(cpu.mxcsr, b, true));
    }

    /** CVTPI2PS of an MMX register. */
    public static long cvtpi2ps(Cpu cpu, long b) {
        return doneMmx(cpu, Packed32.fromIntegers(cpu.mxcsr, b));
    }

    /** CVTPI2PS of memory, which does not enter MMX state. */
    public static long cvtpi2psm(Cpu cpu, long b) {
        return done(cpu, Packed32.fromIntegers(cpu.mxcsr, b));
    }

    /** CVTSI2SS of a doubleword. */
    public static long cvtsi2ssd(Cpu cpu, long b) {
        return done(cpu, Binary32.fromInt32(cpu.mxcsr, (int) b));
    }

    /** CVTSI2SS of a quadword. */
    public static long cvtsi2ssq(Cpu cpu, long b) {
        return done(cpu, Binary32.fromInt64(cpu.mxcsr, b));
    }

    /** CVTSI2SD of a doubleword. */
    public static long cvtsi2sdd(long b) {
        return Binary64.fromInt32((int) b);
    }

    /** CVTSI2SD of a quadword. */
    public static long cvtsi2sdq(Cpu cpu, long b) {
        return done(cpu, Binary64.fromInt64(cpu.mxcsr, b));
    }

    /** CVTSS2SI. */
    public static long cvtss2si(Cpu cpu, long b, int width) {
        return done(cpu, Binary32.toInteger(cpu.mxcsr, (int) b, width, false));
    }

    /** CVTTSS2SI. */
    public static long cvttss2si(Cpu cpu, long b, int width) {
        return done(cpu, Binary32.toInteger(cpu.mxcsr, (int) b, width, true));
    }

    /** CVTSD2SI. */
    public static long cvtsd2si(Cpu cpu, long b, int width) {
        return done(cpu, Binary64.toInteger(cpu.mxcsr, b, width, false));
    }

    /** CVTTSD2SI. */
    public static long cvttsd2si(Cpu cpu, long b, int width) {
        return done(cpu, Binary64.toInteger(cpu.mxcsr, b, width, true));
    }
}
