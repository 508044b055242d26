package dev.vls.machine.cpu.integer;

import dev.vls.machine.cpu.Cpu;

/** Arithmetic on operand widths of 8, 16, 32 and 64 bits. */
final class Widths {
    private Widths() {}

    static long mask(int width) {
        return -1L >>> (64 - width);
    }

    static long signExtend(long value, int width) {
        return value << (64 - width) >> (64 - width);
    }

    static boolean signBit(long value, int width) {
        return (value >>> (width - 1) & 1) != 0;
    }

    static boolean carryOut(long a, long b, long sum, int width) {
        return signBit((a & b) | ((a | b) & ~sum), width);
    }

    /** Writes a whole register of a width: 32 bits clear the upper half, 8 and 16 keep the rest. */
    static void write(Cpu cpu, int register, long value, int width) {
        switch (width) {
            case 64 -> cpu.gpr[register] = value;
            case 32 -> cpu.gpr[register] = value & 0xFFFF_FFFFL;
            default -> {
                long mask = mask(width);
                cpu.gpr[register] = (cpu.gpr[register] & ~mask) | (value & mask);
            }
        }
    }
}
