package dev.vls.machine.cpu.simd;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Flags;
import dev.vls.machine.cpu.Insn;

/**
 * PCMPESTRI, PCMPESTRM, PCMPISTRI, PCMPISTRM (Intel SDM vol. 2, 4.1). Sets of elements are bit
 * masks of 16 or 8 bits. The control byte: bit 0 words instead of bytes, bit 1 signed, bits 3:2
 * aggregation, bits 5:4 polarity, bit 6 what the output is.
 */
public final class StringCompare {
    private StringCompare() {}

    public static void pcmpestri(Cpu cpu, Insn insn, int a, int b, int control) {
        int lengthA = explicitLength(cpu, insn, Cpu.RAX, control);
        int lengthB = explicitLength(cpu, insn, Cpu.RDX, control);
        storeIndex(cpu, compare(cpu, a, b, lengthA, lengthB, control), control);
    }

    public static void pcmpestrm(Cpu cpu, Insn insn, int a, int b, int control) {
        int lengthA = explicitLength(cpu, insn, Cpu.RAX, control);
        int lengthB = explicitLength(cpu, insn, Cpu.RDX, control);
        storeMask(cpu, compare(cpu, a, b, lengthA, lengthB, control), control);
    }

    public static void pcmpistri(Cpu cpu, int a, int b, int control) {
        int lengthA = implicitLength(cpu, a, control);
        int lengthB = implicitLength(cpu, b, control);
        storeIndex(cpu, compare(cpu, a, b, lengthA, lengthB, control), control);
    }

    public static void pcmpistrm(Cpu cpu, int a, int b, int control) {
        int lengthA = implicitLength(cpu, a, control);
        int lengthB = implicitLength(cpu, b, control);
        storeMask(cpu, compare(cpu, a, b, lengthA, lengthB, control), control);
    }

    private static int elements(int control) {
        return 16 >>> (control & 1);
    }

    /** The magnitude of a register, but no more than there are elements. */
    private static int explicitLength(Cpu cpu, Insn insn, int register, int control) {
        long value = cpu.gpr[register];
        long length = insn.operandSize == 64 ? value : (int) value;
        // The least value is its own magnitude and, unsigned, exceeds every limit.
        long magnitude = Math.abs(length);
        int limit = elements(control);
        return Long.compareUnsigned(magnitude, limit) > 0 ? limit : (int) magnitude;
    }

    /** Elements before the first that is zero. */
    private static int implicitLength(Cpu cpu, int a, int control) {
        int zeros = zeros(cpu.xmm[a], cpu.xmm[a + 1], control);
        return Integer.numberOfTrailingZeros(zeros | 1 << elements(control));
    }

    /** The output before selection (IntRes2); sets the flags. */
    private static int compare(Cpu cpu, int a, int b, int lengthA, int lengthB, int control) {
        int all = (1 << elements(control)) - 1;
        int validA = (1 << lengthA) - 1;
        int validB = (1 << lengthB) - 1;
        int result =
                switch (control >>> 2 & 3) {
                    case 0 -> equalAny(cpu, a, b, lengthA, control) & validB;
                    case 1 -> inRanges(cpu, a, b, lengthA, control) & validB;
                    case 2 ->
                            (equalEach(cpu, a, b, control) & validA & validB) | ~(validA | validB);
                    default -> equalOrdered(cpu, a, b, lengthA, validB, control);
                };
        if ((control & 0x10) != 0) {
            result ^= (control & 0x20) != 0 ? validB : -1;
        }
        result &= all;
        Flags.setArithmetic(
                cpu,
                (result != 0 ? Flags.CF : 0)
                        | (validB != all ? Flags.ZF : 0)
                        | (validA != all ? Flags.SF : 0)
                        | ((result & 1) != 0 ? Flags.OF : 0));
        return result;
    }

    /** Elements of b that occur in a. */
    private static int equalAny(Cpu cpu, int a, int b, int lengthA, int control) {
        int result = 0;
        for (int i = 0; i < lengthA; i++) {
            result |= equal(cpu, b, broadcast(cpu, a, i, control), control);
        }
        return result;
    }

    /** Elements of b within one of the ranges that pairs of elements of a give. */
    private static int inRanges(Cpu cpu, int a, int b, int lengthA, int control) {
        int result = 0;
        for (int i = 0; i + 1 < lengthA; i += 2) {
            long first = broadcast(cpu, a, i, control);
            long last = broadcast(cpu, a, i + 1, control);
            int low = outside(cpu.xmm[b], first, last, control);
            int high = outside(cpu.xmm[b + 1], first, last, control);
            result |= ~(low | high << (elements(control) / 2));
        }
        return result;
    }

    private static int equalEach(Cpu cpu, int a, int b, int control) {
        return zeros(cpu.xmm[a] ^ cpu.xmm[b], cpu.xmm[a + 1] ^ cpu.xmm[b + 1], control);
    }

    /** Positions in b where a begins, be it cut off by the register's end. */
    private static int equalOrdered(Cpu cpu, int a, int b, int lengthA, int validB, int control) {
        int beyond = -1 << elements(control);
        int result = -1;
        for (int i = 0; i < lengthA; i++) {
            int equal = equal(cpu, b, broadcast(cpu, a, i, control), control) & validB;
            result &= (equal | beyond) >> i;
        }
        return result;
    }

    /** One element in all places of 64 bits. */
    private static long broadcast(Cpu cpu, int a, int i, int control) {
        return (control & 1) != 0
                ? Element.pextrw(cpu, a, i) * 0x0001_0001_0001_0001L
                : Element.pextrb(cpu, a, i) * 0x0101_0101_0101_0101L;
    }

    private static int equal(Cpu cpu, int b, long broadcast, int control) {
        return zeros(cpu.xmm[b] ^ broadcast, cpu.xmm[b + 1] ^ broadcast, control);
    }

    private static int zeros(long low, long high, int control) {
        if ((control & 1) != 0) {
            return wordMask(Lanes.zero(low, Lanes.SIGNS_16, 16))
                    | wordMask(Lanes.zero(high, Lanes.SIGNS_16, 16)) << 4;
        }
        return byteMask(Lanes.zero(low, Lanes.SIGNS_8, 8))
                | byteMask(Lanes.zero(high, Lanes.SIGNS_8, 8)) << 8;
    }

    private static int outside(long a, long first, long last, int control) {
        return switch (control & 3) {
            case 0 ->
                    byteMask(
                            Lanes.below(a, first, Lanes.SIGNS_8, 8)
                                    | Lanes.below(last, a, Lanes.SIGNS_8, 8));
            case 1 ->
                    wordMask(
                            Lanes.below(a, first, Lanes.SIGNS_16, 16)
                                    | Lanes.below(last, a, Lanes.SIGNS_16, 16));
            case 2 ->
                    byteMask(
                            Lanes.less(a, first, Lanes.SIGNS_8, 8)
                                    | Lanes.less(last, a, Lanes.SIGNS_8, 8));
            default ->
                    wordMask(
                            Lanes.less(a, first, Lanes.SIGNS_16, 16)
                                    | Lanes.less(last, a, Lanes.SIGNS_16, 16));
        };
    }

    private static int byteMask(long lanes) {
        return (int) Long.compress(lanes, Lanes.SIGNS_8);
    }

    private static int wordMask(long lanes) {
        return (int) Long.compress(lanes, Lanes.SIGNS_16);
    }

    /** To ECX the index of the lowest or highest set bit, or the number of elements. */
    private static void storeIndex(Cpu cpu, int result, int control) {
        int index = elements(control);
        if (result != 0) {
            index =
                    (control & 0x40) != 0
                            ? 31 - Integer.numberOfLeadingZeros(result)
                            : Integer.numberOfTrailingZeros(result);
        }
        cpu.gpr[Cpu.RCX] = index;
    }

    /** To XMM0 the bits as they are, or each widened to its element. */
    private static void storeMask(Cpu cpu, int result, int control) {
        long low = result;
        long high = 0;
        if ((control & 0x41) == 0x41) {
            low = Lanes.spread(Long.expand(result, Lanes.SIGNS_16), Lanes.SIGNS_16, 16);
            high = Lanes.spread(Long.expand(result >>> 4, Lanes.SIGNS_16), Lanes.SIGNS_16, 16);
        } else if ((control & 0x40) != 0) {
            low = Lanes.spread(Long.expand(result, Lanes.SIGNS_8), Lanes.SIGNS_8, 8);
            high = Lanes.spread(Long.expand(result >>> 8, Lanes.SIGNS_8), Lanes.SIGNS_8, 8);
        }
        cpu.xmm[0] = low;
        cpu.xmm[1] = high;
    }
}
