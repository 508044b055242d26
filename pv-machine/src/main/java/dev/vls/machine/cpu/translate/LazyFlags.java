package dev.vls.machine.cpu.translate;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Flags;
import dev.vls.machine.cpu.integer.ShiftFlags;

/**
 * Flags that translated code has not recorded: which recorder would have been called, and with
 * what. A kind is an operation and a width; zero means that the vCPU's own fields are right.
 */
public final class LazyFlags {
    static final int ADD = 0;
    static final int ADC = 1;
    static final int SUB = 2;
    static final int SBB = 3;
    static final int LOGIC = 4;
    static final int NEG = 5;
    static final int INC = 6;
    static final int DEC = 7;
    static final int SHL = 8;
    static final int SHR = 9;
    static final int SAR = 10;
    static final int IMUL = 11;

    /** In the vCPU's fields. */
    static final int SETTLED = 0;

    private LazyFlags() {}

    /** The kind of an operation on 8, 16, 32 or 64 bits. */
    static int kind(int operation, int width) {
        return 1 + operation * 4 + (Integer.numberOfTrailingZeros(width) - 3);
    }

    static int operation(int kind) {
        return (kind - 1) >> 2;
    }

    static int width(int kind) {
        return 8 << ((kind - 1) & 3);
    }

    /**
     * Calls the recorder that is due, if one is.
     *
     * @param b the second operand, the count of a shift, or for INC and DEC the carry before
     */
    public static void settle(Cpu cpu, int kind, long a, long b, long result) {
        if (kind != SETTLED) {
            settlePending(cpu, kind, a, b, result);
        }
    }

    /** Leaves a recorder's call to the next translation, or to the run loop. */
    public static void keep(Cpu cpu, int kind, long a, long b, long result) {
        cpu.pendingFlags = kind;
        cpu.pendingA = a;
        cpu.pendingB = b;
        cpu.pendingResult = result;
    }

    /** Calls the recorder that the last translation left, if any. */
    public static void settle(Cpu cpu) {
        int kind = cpu.pendingFlags;
        if (kind != SETTLED) {
            cpu.pendingFlags = SETTLED;
            settlePending(cpu, kind, cpu.pendingA, cpu.pendingB, cpu.pendingResult);
        }
    }

    private static void settlePending(Cpu cpu, int kind, long a, long b, long result) {
        int width = width(kind);
        switch (operation(kind)) {
            case ADD, ADC -> Flags.add(cpu, a, b, result, width);
            case SUB, SBB -> Flags.sub(cpu, a, b, result, width);
            case LOGIC -> Flags.logic(cpu, a, b, result, width);
            case NEG -> Flags.neg(cpu, a, result, width);
            case INC -> {
                cpu.flagsAux = b << 63;
                Flags.inc(cpu, a, result, width);
            }
            case DEC -> {
                cpu.flagsAux = b << 63;
                Flags.dec(cpu, a, result, width);
            }
            case SHL -> ShiftFlags.shl(cpu, a, b, result, width);
            case SHR -> ShiftFlags.shr(cpu, a, b, result, width);
            case SAR -> ShiftFlags.sar(cpu, a, b, result, width);
            default -> Flags.imul(cpu, a, b, result, width);
        }
    }

    /** CF as 0 or 1. */
    public static long carry(Cpu cpu, int kind, long a, long b, long result) {
        if (kind == SETTLED) {
            return Flags.carryBit(cpu);
        }
        int operation = operation(kind);
        if (operation == INC || operation == DEC) {
            return b;
        }
        settlePending(cpu, kind, a, b, result);
        return Flags.carryBit(cpu);
    }

    // --- rotates, which change CF and perhaps OF of whatever is pending below ---

    static final int ROL = 0;
    static final int ROR = 1;

    /** Rotates that leave OF as it was. */
    static final int ROL_KEEPING = 2;

    static final int ROR_KEEPING = 3;

    /** The kind of a rotate on 8, 16, 32 or 64 bits; never zero, which means that there is none. */
    static int rotateKind(int operation, int width) {
        return kind(operation, width);
    }

    /** Calls a rotate's recorder if one is due, the flags below it being settled. */
    public static void settleRotate(Cpu cpu, int kind, long a, long result) {
        if (kind != SETTLED) {
            int width = width(kind);
            switch (operation(kind)) {
                case ROL -> ShiftFlags.rol(cpu, a, 1, result, width);
                case ROR -> ShiftFlags.ror(cpu, a, 1, result, width);
                case ROL_KEEPING -> ShiftFlags.rolImmediate(cpu, a, 2, result, width);
                default -> ShiftFlags.rorImmediate(cpu, a, 2, result, width);
            }
        }
    }
}
