package dev.vls.machine.cpu.integer;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Flags;
import dev.vls.machine.cpu.Insn;

/** Data movement and conversions between widths. */
public final class Move {
    private Move() {}

    public static long copy(long a) {
        return a;
    }

    public static long signExtend8(long a) {
        return (byte) a;
    }

    public static long signExtend16(long a) {
        return (short) a;
    }

    public static long signExtend32(long a) {
        return (int) a;
    }

    public static long exchange(Cpu cpu, long a, long b) {
        cpu.secondResult = a;
        return b;
    }

    public static long cmov(Cpu cpu, long a, long b, int condition) {
        return Flags.condition(cpu, condition) ? b : a;
    }

    public static long setcc(Cpu cpu, int condition) {
        return Flags.condition(cpu, condition) ? 1 : 0;
    }

    /** BSWAP; with 16 bits undefined in the manual, zero as processors do. */
    public static long bswap(long a, int width) {
        return switch (width) {
            case 64 -> Long.reverseBytes(a);
            case 32 -> Integer.reverseBytes((int) a);
            default -> 0;
        };
    }

    /** MOVBE: as BSWAP, with 16 bits too. */
    public static long movbe(long a, int width) {
        return Long.reverseBytes(a) >>> (64 - width);
    }

    /** CBW, CWDE, CDQE. */
    public static void widenAccumulator(Cpu cpu, int width) {
        Widths.write(cpu, Cpu.RAX, Widths.signExtend(cpu.gpr[Cpu.RAX], width / 2), width);
    }

    /** CWD, CDQ, CQO. */
    public static void signIntoRdx(Cpu cpu, int width) {
        boolean negative = Widths.signBit(cpu.gpr[Cpu.RAX], width);
        Widths.write(cpu, Cpu.RDX, negative ? -1 : 0, width);
    }

    public static void xlat(Cpu cpu, Insn insn) {
        long offset = cpu.gpr[Cpu.RBX] + (cpu.gpr[Cpu.RAX] & 0xFF);
        if (insn.address32) {
            offset &= 0xFFFF_FFFFL;
        }
        long value = cpu.load8(offset + cpu.segmentBase[insn.segment]);
        Widths.write(cpu, Cpu.RAX, value, 8);
    }

    public static void nop() {}

    /** CLFLUSH: reads as a load does for protection, and moves nothing. */
    public static void touch(Cpu cpu, long address) {
        cpu.checkRead(address, 1);
    }
}
