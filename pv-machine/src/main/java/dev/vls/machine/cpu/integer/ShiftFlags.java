package dev.vls.machine.cpu.integer;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Flags;

/**
 * Flags recorders of shifts and rotates, which change nothing for a count of zero. Of SAR the
 * result may be extended beyond the width.
 */
public final class ShiftFlags {
    private ShiftFlags() {}

    private static int count(long count, int width) {
        return (int) count & (width == 64 ? 63 : 31);
    }

    /** OF of shifts and rotates to the left: as a count of one leaves it, whatever the count. */
    static boolean overflowLeft(long a, int width) {
        return Widths.signBit(a ^ a << 1, width);
    }

    public static void shl(Cpu cpu, long a, long count, long result, int width) {
        int n = count(count, width);
        if (n != 0) {
            boolean carry = n <= width && (a >>> (width - n) & 1) != 0;
            Flags.result(cpu, result, carry, overflowLeft(a, width), width);
        }
    }

    public static void shr(Cpu cpu, long a, long count, long result, int width) {
        int n = count(count, width);
        if (n != 0) {
            boolean carry = (a >>> (n - 1) & 1) != 0;
            Flags.result(cpu, result, carry, Widths.signBit(a, width), width);
        }
    }

    public static void sar(Cpu cpu, long a, long count, long result, int width) {
        int n = count(count, width);
        if (n != 0) {
            boolean carry = (Widths.signExtend(a, width) >> (n - 1) & 1) != 0;
            Flags.result(cpu, result, carry, false, width);
        }
    }

    public static void rol(Cpu cpu, long a, long count, long result, int width) {
        if (count(count, width) != 0) {
            Flags.setCarryOverflow(cpu, (result & 1) != 0, overflowLeft(a, width));
        }
    }

    public static void ror(Cpu cpu, long a, long count, long result, int width) {
        if (count(count, width) != 0) {
            boolean overflow = ((a & 1) != 0) != Widths.signBit(a, width);
            Flags.setCarryOverflow(cpu, Widths.signBit(result, width), overflow);
        }
    }

    /** ROL by an immediate: unlike the other forms, OF changes for a count of one alone. */
    public static void rolImmediate(Cpu cpu, long a, long count, long result, int width) {
        boolean overflow = Flags.overflow(cpu);
        rol(cpu, a, count, result, width);
        keepOverflow(cpu, overflow, count(count, width));
    }

    /** ROR by an immediate; see {@link #rolImmediate}. */
    public static void rorImmediate(Cpu cpu, long a, long count, long result, int width) {
        boolean overflow = Flags.overflow(cpu);
        ror(cpu, a, count, result, width);
        keepOverflow(cpu, overflow, count(count, width));
    }

    private static void keepOverflow(Cpu cpu, boolean overflow, int count) {
        if (count != 1) {
            Flags.setCarryOverflow(cpu, Flags.carry(cpu), overflow);
        }
    }
}
