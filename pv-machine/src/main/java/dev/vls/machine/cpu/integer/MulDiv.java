package dev.vls.machine.cpu.integer;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Flags;
import dev.vls.machine.cpu.Vector;

/**
 * Multiplication and division. SF, ZF, AF and PF of MUL are undefined; set by the low half here.
 */
public final class MulDiv {
    private MulDiv() {}

    public static void mul(Cpu cpu, long a, int width) {
        long b = cpu.gpr[Cpu.RAX] & Widths.mask(width);
        long low = a * b;
        long high = width == 64 ? Math.unsignedMultiplyHigh(a, b) : low >>> width;
        store(cpu, low, high, width);
        boolean carry = (high & Widths.mask(width)) != 0;
        Flags.product(cpu, low, carry, width);
    }

    public static void imul(Cpu cpu, long a, int width) {
        long x = Widths.signExtend(a, width);
        long y = Widths.signExtend(cpu.gpr[Cpu.RAX], width);
        long low = x * y;
        long high = width == 64 ? Math.multiplyHigh(x, y) : low >> width;
        store(cpu, low, high, width);
        boolean carry = width == 64 ? high != low >> 63 : Widths.signExtend(low, width) != low;
        Flags.product(cpu, low, carry, width);
    }

    private static void store(Cpu cpu, long low, long high, int width) {
        if (width == 8) {
            Widths.write(cpu, Cpu.RAX, low, 16);
        } else {
            Widths.write(cpu, Cpu.RAX, low, width);
            Widths.write(cpu, Cpu.RDX, high, width);
        }
    }

    /** IMUL with two or three operands: the product is cut to the width. */
    public static long imulTruncating(long a, long b, int width) {
        return Widths.signExtend(a, width) * Widths.signExtend(b, width);
    }

    public static void div(Cpu cpu, long divisor, int width) {
        if (divisor == 0) {
            throw cpu.raise(Vector.DE);
        }
        if (width == 64) {
            div128(cpu, divisor);
            return;
        }
        long dividend = dividend(cpu, width);
        long quotient = Long.divideUnsigned(dividend, divisor);
        if (Long.compareUnsigned(quotient, Widths.mask(width)) > 0) {
            throw cpu.raise(Vector.DE);
        }
        storeQuotient(cpu, quotient, Long.remainderUnsigned(dividend, divisor), width);
    }

    /** RDX:RAX, EDX:EAX, DX:AX or AX as one number. */
    private static long dividend(Cpu cpu, int width) {
        if (width == 8) {
            return cpu.gpr[Cpu.RAX] & 0xFFFF;
        }
        long mask = Widths.mask(width);
        return (cpu.gpr[Cpu.RDX] & mask) << width | (cpu.gpr[Cpu.RAX] & mask);
    }

    private static void storeQuotient(Cpu cpu, long quotient, long remainder, int width) {
        if (width == 8) {
            Widths.write(cpu, Cpu.RAX, (remainder & 0xFF) << 8 | (quotient & 0xFF), 16);
        } else {
            Widths.write(cpu, Cpu.RAX, quotient, width);
            Widths.write(cpu, Cpu.RDX, remainder, width);
        }
    }

    public static void idiv(Cpu cpu, long divisor, int width) {
        long d = Widths.signExtend(divisor, width);
        if (d == 0) {
            throw cpu.raise(Vector.DE);
        }
        if (width == 64) {
            idiv128(cpu, d);
            return;
        }
        long dividend = Widths.signExtend(dividend(cpu, width), 2 * width);
        // Long.MIN_VALUE / -1 wraps to itself, which is out of range as well.
        long quotient = dividend / d;
        if (quotient != Widths.signExtend(quotient, width)) {
            throw cpu.raise(Vector.DE);
        }
        storeQuotient(cpu, quotient, dividend % d, width);
    }

    private static void div128(Cpu cpu, long divisor) {
        long high = cpu.gpr[Cpu.RDX];
        long low = cpu.gpr[Cpu.RAX];
        if (Long.compareUnsigned(high, divisor) >= 0) {
            throw cpu.raise(Vector.DE);
        }
        if (high == 0) {
            cpu.gpr[Cpu.RAX] = Long.divideUnsigned(low, divisor);
            cpu.gpr[Cpu.RDX] = Long.remainderUnsigned(low, divisor);
            return;
        }
        long quotient = divide128(high, low, divisor);
        cpu.gpr[Cpu.RAX] = quotient;
        cpu.gpr[Cpu.RDX] = low - quotient * divisor;
    }

    /**
     * The quotient of a 128-bit by a 64-bit number, high below divisor: Knuth's algorithm D (TAOCP
     * vol. 2, 4.3.1) with two digits of 32 bits.
     */
    private static long divide128(long high, long low, long divisor) {
        int shift = Long.numberOfLeadingZeros(divisor);
        long d = divisor << shift;
        long u1 = shift == 0 ? high : high << shift | low >>> (64 - shift);
        long u0 = low << shift;
        long d1 = d >>> 32;
        long d0 = d & 0xFFFF_FFFFL;
        long q1 = digit(u1, u0 >>> 32, d1, d0);
        long rest = (u1 << 32 | u0 >>> 32) - q1 * d;
        long q0 = digit(rest, u0 & 0xFFFF_FFFFL, d1, d0);
        return q1 << 32 | q0;
    }

    private static long digit(long upper, long nextDigit, long d1, long d0) {
        long q = Long.divideUnsigned(upper, d1);
        long r = upper - q * d1;
        while (q >>> 32 != 0 || Long.compareUnsigned(q * d0, r << 32 | nextDigit) > 0) {
            q--;
            r += d1;
            if (r >>> 32 != 0) {
                break;
            }
        }
        return q;
    }

    private static void idiv128(Cpu cpu, long divisor) {
        long high = cpu.gpr[Cpu.RDX];
        long low = cpu.gpr[Cpu.RAX];
        boolean negative = high < 0;
        if (negative) {
            low = -low;
            high = ~high + (low == 0 ? 1 : 0);
        }
        long d = Math.abs(divisor);
        if (Long.compareUnsigned(high, d) >= 0) {
            throw cpu.raise(Vector.DE);
        }
        long quotient = high == 0 ? Long.divideUnsigned(low, d) : divide128(high, low, d);
        long remainder = low - quotient * d;
        boolean negativeQuotient = negative != divisor < 0;
        boolean fits = quotient >= 0 || (negativeQuotient && quotient == Long.MIN_VALUE);
        if (!fits) {
            throw cpu.raise(Vector.DE);
        }
        cpu.gpr[Cpu.RAX] = negativeQuotient ? -quotient : quotient;
        cpu.gpr[Cpu.RDX] = negative ? -remainder : remainder;
    }

    /** MULX (BMI2): the first operand gets the high half, the second the low one; no flags. */
    public static long mulx(Cpu cpu, long b, int width) {
        long a = cpu.gpr[Cpu.RDX] & Widths.mask(width);
        long low = a * b;
        cpu.secondResult = low;
        return width == 64 ? Math.unsignedMultiplyHigh(a, b) : low >>> width;
    }
}
