package dev.vls.machine.cpu.integer;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Flags;

/**
 * Shifts and rotates (Intel SDM vol. 2, SAL/SAR/SHL/SHR, RCL/RCR/ROL/ROR, SHLD, SHRD). Flags that
 * the manual leaves undefined are what the processors that this was fuzzed against give: OF,
 * defined for a count of one alone, is computed as for a count of one.
 */
public final class Shift {
    private Shift() {}

    private static int count(long count, int width) {
        return (int) count & (width == 64 ? 63 : 31);
    }

    private static boolean overflowLeft(long a, int width) {
        return ShiftFlags.overflowLeft(a, width);
    }

    public static long shl(long a, long count, int width) {
        return a << count(count, width);
    }

    public static long shr(long a, long count, int width) {
        return a >>> count(count, width);
    }

    public static long sar(long a, long count, int width) {
        return Widths.signExtend(a, width) >> count(count, width);
    }

    public static long rol(long a, long count, int width) {
        int n = (int) count & (width - 1);
        return n == 0 ? a : (a << n) | (a >>> (width - n));
    }

    public static long ror(long a, long count, int width) {
        int n = (int) count & (width - 1);
        return n == 0 ? a : (a >>> n) | (a << (width - n));
    }

    public static long rcl(Cpu cpu, long a, long count, int width) {
        int n = count(count, width) % (width + 1);
        if (n == 0) {
            return a;
        }
        boolean overflow = overflowLeft(a, width);
        long result = a << n | Flags.carryBit(cpu) << (n - 1);
        if (n > 1) {
            result |= a >>> (width + 1 - n);
        }
        Flags.setCarryOverflow(cpu, (a >>> (width - n) & 1) != 0, overflow);
        return result;
    }

    public static long rcr(Cpu cpu, long a, long count, int width) {
        int n = count(count, width) % (width + 1);
        if (n == 0) {
            return a;
        }
        boolean overflow = Widths.signBit(a, width) != Flags.carry(cpu);
        long result = a >>> n | Flags.carryBit(cpu) << (width - n);
        if (n > 1) {
            result |= a << (width + 1 - n);
        }
        Flags.setCarryOverflow(cpu, (a >>> (n - 1) & 1) != 0, overflow);
        return result;
    }

    public static long shld(Cpu cpu, long a, long b, long count, int width) {
        int n = count(count, width);
        if (n == 0) {
            return a;
        }
        long result;
        boolean carry;
        if (n <= width) {
            result = n == width ? b : (a << n) | (b >>> (width - n));
            carry = (a >>> (width - n) & 1) != 0;
        } else {
            // 16 bits shifted by more than 16: undefined in the manual; b follows a, then a again.
            int over = n - width;
            result = (b << over) | (a >>> (width - over));
            carry = (b >>> (width - over) & 1) != 0;
        }
        Flags.result(cpu, result, carry, overflowLeft(a, width), width);
        return result;
    }

    public static long shrd(Cpu cpu, long a, long b, long count, int width) {
        int n = count(count, width);
        if (n == 0) {
            return a;
        }
        long result;
        boolean carry;
        if (n <= width) {
            result = n == width ? b : (a >>> n) | (b << (width - n));
            carry = (a >>> (n - 1) & 1) != 0;
        } else {
            int over = n - width;
            result = (b >>> over) | (a << (width - over));
            carry = (b >>> (over - 1) & 1) != 0;
        }
        boolean overflow = Widths.signBit(a, width) != ((b & 1) != 0);
        Flags.result(cpu, result, carry, overflow, width);
        return result;
    }

    /** SHLX, SHRX, SARX, RORX (BMI2): no flags. */
    public static long shlx(long a, long count, int width) {
        return a << count(count, width);
    }

    public static long shrx(long a, long count, int width) {
        return a >>> count(count, width);
    }

    public static long sarx(long a, long count, int width) {
        return Widths.signExtend(a, width) >> count(count, width);
    }

    public static long rorx(long a, int count, int width) {
        int n = count & (width - 1);
        return n == 0 ? a : (a >>> n) | (a << (width - n));
    }
}
