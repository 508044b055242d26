package dev.vls.machine.cpu.integer;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Flags;

/**
 * Shifts and rotates (Intel SDM vol. 2, SAL/SAR/SHL/SHR, RCL/RCR/ROL/ROR, SHLD, SHRD). Flags that
 * the manual leaves undefined are what the processors that this was fuzzed against give.
 */
public final class Shift {
    private Shift() {}

    private static int count(long count, int width) {
        return (int) count & (width == 64 ? 63 : 31);
    }

    public static long shl(Cpu cpu, long a, long count, int width) {
        int n = count(count, width);
        if (n == 0) {
            return a;
        }
        long result = a << n;
        boolean carry = n <= width && (a >>> (width - n) & 1) != 0;
        boolean overflow = Widths.signBit(result, width) != carry;
        Flags.result(cpu, result, carry, overflow, width);
        return result;
    }

    public static long shr(Cpu cpu, long a, long count, int width) {
        int n = count(count, width);
        if (n == 0) {
            return a;
        }
        long result = a >>> n;
        boolean carry = (a >>> (n - 1) & 1) != 0;
        boolean overflow = n == 1 && Widths.signBit(a, width);
        Flags.result(cpu, result, carry, overflow, width);
        return result;
    }

    public static long sar(Cpu cpu, long a, long count, int width) {
        int n = count(count, width);
        if (n == 0) {
            return a;
        }
        long extended = Widths.signExtend(a, width);
        long result = extended >> n;
        Flags.result(cpu, result, (extended >> (n - 1) & 1) != 0, false, width);
        return result;
    }

    public static long rol(Cpu cpu, long a, long count, int width) {
        int masked = count(count, width);
        if (masked == 0) {
            return a;
        }
        int n = masked & (width - 1);
        long result = n == 0 ? a : (a << n) | (a >>> (width - n));
        boolean carry = (result & 1) != 0;
        Flags.setCarryOverflow(cpu, carry, Widths.signBit(result, width) != carry);
        return result;
    }

    public static long ror(Cpu cpu, long a, long count, int width) {
        int masked = count(count, width);
        if (masked == 0) {
            return a;
        }
        int n = masked & (width - 1);
        long result = n == 0 ? a : (a >>> n) | (a << (width - n));
        boolean carry = Widths.signBit(result, width);
        boolean next = (result >>> (width - 2) & 1) != 0;
        Flags.setCarryOverflow(cpu, carry, carry != next);
        return result;
    }

    public static long rcl(Cpu cpu, long a, long count, int width) {
        int n = count(count, width) % (width + 1);
        if (n == 0) {
            return rotatedByNothing(cpu, a, count, width, false);
        }
        long carryIn = Flags.carryBit(cpu);
        long result = a << n | carryIn << (n - 1);
        if (n > 1) {
            result |= a >>> (width + 1 - n);
        }
        boolean carry = (a >>> (width - n) & 1) != 0;
        Flags.setCarryOverflow(cpu, carry, Widths.signBit(result, width) != carry);
        return result;
    }

    public static long rcr(Cpu cpu, long a, long count, int width) {
        int n = count(count, width) % (width + 1);
        if (n == 0) {
            return rotatedByNothing(cpu, a, count, width, true);
        }
        long carryIn = Flags.carryBit(cpu);
        long result = a >>> n | carryIn << (width - n);
        if (n > 1) {
            result |= a << (width + 1 - n);
        }
        boolean carry = (a >>> (n - 1) & 1) != 0;
        boolean top = Widths.signBit(result, width);
        boolean next = (result >>> (width - 2) & 1) != 0;
        Flags.setCarryOverflow(cpu, carry, top != next);
        return result;
    }

    /** A count that is a multiple of width + 1 rotates nothing, but still sets OF. */
    private static long rotatedByNothing(Cpu cpu, long a, long count, int width, boolean right) {
        if (count(count, width) != 0) {
            boolean top = Widths.signBit(a, width);
            boolean carry = Flags.carry(cpu);
            boolean next = (a >>> (width - 2) & 1) != 0;
            Flags.setCarryOverflow(cpu, carry, right ? top != next : top != carry);
        }
        return a;
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
        boolean overflow = Widths.signBit(result ^ a, width);
        Flags.result(cpu, result, carry, overflow, width);
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
        boolean overflow = Widths.signBit(result ^ a, width);
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
