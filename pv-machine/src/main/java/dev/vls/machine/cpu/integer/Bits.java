package dev.vls.machine.cpu.integer;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Flags;
import dev.vls.machine.cpu.Insn;

/** Bit tests, scans, counts, and BMI1/BMI2. */
public final class Bits {
    private Bits() {}

    private static void test(Cpu cpu, long a, long bit, int width) {
        Flags.setCarry(cpu, (a >>> (bit & (width - 1)) & 1) != 0);
    }

    public static void bt(Cpu cpu, long a, long bit, int width) {
        test(cpu, a, bit, width);
    }

    public static long bts(Cpu cpu, long a, long bit, int width) {
        test(cpu, a, bit, width);
        return a | (1L << (bit & (width - 1)));
    }

    public static long btr(Cpu cpu, long a, long bit, int width) {
        test(cpu, a, bit, width);
        return a & ~(1L << (bit & (width - 1)));
    }

    public static long btc(Cpu cpu, long a, long bit, int width) {
        test(cpu, a, bit, width);
        return a ^ (1L << (bit & (width - 1)));
    }

    /** With a register offset into memory, the bit may lie anywhere around the address. */
    private static long wordAddress(Cpu cpu, Insn insn, long bit, int width) {
        long index = Widths.signExtend(bit, width) >> (width == 64 ? 6 : width == 32 ? 5 : 4);
        return insn.addressPlus(cpu, index * (width >> 3));
    }

    public static void btMemory(Cpu cpu, Insn insn, long bit, int width) {
        test(cpu, cpu.load(wordAddress(cpu, insn, bit, width), width >> 3), bit, width);
    }

    public static void btsMemory(Cpu cpu, Insn insn, long bit, int width) {
        long at = wordAddress(cpu, insn, bit, width);
        cpu.checkWrite(at, width >> 3);
        cpu.store(at, width >> 3, bts(cpu, cpu.load(at, width >> 3), bit, width));
    }

    public static void btrMemory(Cpu cpu, Insn insn, long bit, int width) {
        long at = wordAddress(cpu, insn, bit, width);
        cpu.checkWrite(at, width >> 3);
        cpu.store(at, width >> 3, btr(cpu, cpu.load(at, width >> 3), bit, width));
    }

    public static void btcMemory(Cpu cpu, Insn insn, long bit, int width) {
        long at = wordAddress(cpu, insn, bit, width);
        cpu.checkWrite(at, width >> 3);
        cpu.store(at, width >> 3, btc(cpu, cpu.load(at, width >> 3), bit, width));
    }

    /** BSF; of zero, the destination keeps all its bits, as processors do. */
    public static void bsf(Cpu cpu, Insn insn, long a, int width) {
        scanned(cpu, insn, a, Long.numberOfTrailingZeros(a), width);
    }

    public static void bsr(Cpu cpu, Insn insn, long a, int width) {
        scanned(cpu, insn, a, 63 - Long.numberOfLeadingZeros(a), width);
    }

    /** ZF tells of a zero source; the others, undefined in the manual: PF of the result, else 0. */
    private static void scanned(Cpu cpu, Insn insn, long a, int position, int width) {
        cpu.flagsAux = 0;
        cpu.flagsResult = a == 0 ? 0 : position | 0x100;
        if (a != 0) {
            Widths.write(cpu, insn.reg, position, width);
        }
    }

    public static long tzcnt(Cpu cpu, long a, int width) {
        int count = Math.min(Long.numberOfTrailingZeros(a), width);
        counted(cpu, count, a);
        return count;
    }

    public static long lzcnt(Cpu cpu, long a, int width) {
        int count = Long.numberOfLeadingZeros(a) - (64 - width);
        counted(cpu, count, a);
        return count;
    }

    private static void counted(Cpu cpu, int count, long a) {
        Flags.setArithmetic(cpu, (a == 0 ? Flags.CF : 0) | (count == 0 ? Flags.ZF : 0));
    }

    public static long popcnt(Cpu cpu, long a, int width) {
        Flags.setArithmetic(cpu, a == 0 ? Flags.ZF : 0);
        return Long.bitCount(a);
    }

    public static long andn(Cpu cpu, long a, long b, int width) {
        long result = ~a & b;
        Flags.resultWithoutParity(cpu, result, false, width);
        return result;
    }

    public static long blsi(Cpu cpu, long a, int width) {
        long result = a & -a;
        Flags.resultWithoutParity(cpu, result, a != 0, width);
        return result;
    }

    public static long blsmsk(Cpu cpu, long a, int width) {
        long result = a ^ (a - 1);
        Flags.resultWithoutParity(cpu, result, a == 0, width);
        return result;
    }

    public static long blsr(Cpu cpu, long a, int width) {
        long result = a & (a - 1);
        Flags.resultWithoutParity(cpu, result, a == 0, width);
        return result;
    }

    public static long bextr(Cpu cpu, long a, long control, int width) {
        int start = (int) control & 0xFF;
        int length = (int) control >>> 8 & 0xFF;
        long result = start >= width ? 0 : a >>> start;
        if (length < 64) {
            result &= (1L << length) - 1;
        }
        Flags.setArithmetic(cpu, result == 0 ? Flags.ZF : 0);
        return result;
    }

    public static long bzhi(Cpu cpu, long a, long index, int width) {
        int n = (int) index & 0xFF;
        long result = n < width ? a & ((1L << n) - 1) : a;
        Flags.resultWithoutParity(cpu, result, n >= width, width);
        return result;
    }

    public static long pdep(long a, long mask) {
        return Long.expand(a, mask);
    }

    public static long pext(long a, long mask) {
        return Long.compress(a, mask);
    }

    /** CRC32 (SSE4.2) of a byte: polynomial 11EDC6F41, reflected. */
    public static long crc32b(long crc, long data) {
        return crc32(crc, data, 8);
    }

    /** CRC32 of 2, 4 or 8 bytes. */
    public static long crc32v(Cpu cpu, Insn insn, long crc, long data) {
        return crc32(crc, data, insn.operandSize);
    }

    private static long crc32(long crc, long data, int dataWidth) {
        long value = crc & 0xFFFF_FFFFL;
        for (int shift = 0; shift < dataWidth; shift += 8) {
            value = value >>> 8 ^ CRC32C[(int) (value ^ data >>> shift) & 0xFF];
        }
        return value;
    }

    private static final long[] CRC32C = new long[256];

    static {
        for (int i = 0; i < 256; i++) {
            long value = i;
            for (int bit = 0; bit < 8; bit++) {
                value = (value & 1) != 0 ? value >>> 1 ^ 0x82F6_3B78L : value >>> 1;
            }
            CRC32C[i] = value;
        }
    }
}
