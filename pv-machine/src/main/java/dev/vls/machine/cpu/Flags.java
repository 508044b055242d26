package dev.vls.machine.cpu;

/**
 * The arithmetic flags, held unevaluated in two longs of the {@link Cpu} and evaluated where they
 * are read.
 *
 * <p>{@code flagsResult} is the last result, sign-extended from its width: ZF is {@code == 0}, SF
 * its sign, PF the parity of its low byte. {@code flagsAux} holds the rest: bit 63 is CF, bit 63
 * xor bit 62 is OF, bit 3 is AF; bit 0 inverts SF and bits 8 to 15 are xored into the byte whose
 * parity is PF, for results that no single value can express. Whoever writes flags stores both.
 */
public final class Flags {
    public static final int CF = 1;
    public static final int PF = 1 << 2;
    public static final int AF = 1 << 4;
    public static final int ZF = 1 << 6;
    public static final int SF = 1 << 7;
    public static final int TF = 1 << 8;
    public static final int IF = 1 << 9;
    public static final int DF = 1 << 10;
    public static final int OF = 1 << 11;
    public static final int IOPL = 3 << 12;
    public static final int NT = 1 << 14;
    public static final int RF = 1 << 16;
    public static final int VM = 1 << 17;
    public static final int AC = 1 << 18;
    public static final int VIF = 1 << 19;
    public static final int VIP = 1 << 20;
    public static final int ID = 1 << 21;
    public static final int ARITHMETIC = CF | PF | AF | ZF | SF | OF;

    private static final long AUX_CF = 1L << 63;
    private static final long AUX_CARRY_INTO_SIGN = 1L << 62;
    private static final long AUX_AF = 1L << 3;

    private Flags() {}

    public static boolean carry(Cpu cpu) {
        return cpu.flagsAux < 0;
    }

    public static boolean zero(Cpu cpu) {
        return cpu.flagsResult == 0;
    }

    public static boolean sign(Cpu cpu) {
        return (cpu.flagsResult ^ cpu.flagsAux << 63) < 0;
    }

    public static boolean overflow(Cpu cpu) {
        return (cpu.flagsAux ^ cpu.flagsAux << 1) < 0;
    }

    public static boolean parity(Cpu cpu) {
        int folded = (int) (cpu.flagsResult ^ cpu.flagsAux >>> 8) & 0xFF;
        folded ^= folded >>> 4;
        return (0x9669 >>> (folded & 0xF) & 1) != 0;
    }

    public static boolean adjust(Cpu cpu) {
        return (cpu.flagsAux & AUX_AF) != 0;
    }

    /** CF as 0 or 1. */
    public static long carryBit(Cpu cpu) {
        return cpu.flagsAux >>> 63;
    }

    /** The arithmetic flags at their places in RFLAGS. */
    public static int arithmetic(Cpu cpu) {
        return (int) (cpu.flagsAux >>> 63)
                | (parity(cpu) ? PF : 0)
                | (int) (cpu.flagsAux & AUX_AF) << 1
                | (zero(cpu) ? ZF : 0)
                | (sign(cpu) ? SF : 0)
                | (overflow(cpu) ? OF : 0);
    }

    /** Sets all arithmetic flags from their places in RFLAGS. */
    public static void setArithmetic(Cpu cpu, int rflags) {
        long zeroClear = (rflags & ZF) != 0 ? 0 : 0x100;
        cpu.flagsResult = zeroClear;
        cpu.flagsAux =
                ((rflags & CF) != 0 ? AUX_CF : 0)
                        | (((rflags & CF) != 0) != ((rflags & OF) != 0) ? AUX_CARRY_INTO_SIGN : 0)
                        | ((rflags & AF) != 0 ? AUX_AF : 0)
                        | ((rflags & SF) != 0 ? 1 : 0)
                        | ((rflags & PF) != 0 ? 0 : 0x100);
    }

    /** Changes CF alone. */
    public static void setCarry(Cpu cpu, boolean carry) {
        setCarryOverflow(cpu, carry, overflow(cpu));
    }

    /** Changes CF and OF, as rotates do. */
    public static void setCarryOverflow(Cpu cpu, boolean carry, boolean overflow) {
        cpu.flagsAux =
                (cpu.flagsAux & ~(AUX_CF | AUX_CARRY_INTO_SIGN))
                        | (carry ? AUX_CF : 0)
                        | (carry != overflow ? AUX_CARRY_INTO_SIGN : 0);
    }

    /** Changes ZF alone; SF and PF keep their values. */
    public static void setZero(Cpu cpu, boolean zero) {
        int others = arithmetic(cpu) & ~ZF;
        setArithmetic(cpu, zero ? others | ZF : others);
    }

    private static long signExtend(long value, int width) {
        return value << (64 - width) >> (64 - width);
    }

    /** {@code carries} has a bit for each position that carried or borrowed out. */
    private static void store(Cpu cpu, long result, long carries, int width) {
        cpu.flagsResult = signExtend(result, width);
        cpu.flagsAux =
                width == 64
                        ? carries & (AUX_CF | AUX_CARRY_INTO_SIGN | AUX_AF)
                        : (carries << (64 - width) & (AUX_CF | AUX_CARRY_INTO_SIGN))
                                | (carries & AUX_AF);
    }

    /** ADD and ADC: {@code result = a + b + carry}. */
    public static void add(Cpu cpu, long a, long b, long result, int width) {
        store(cpu, result, (a & b) | ((a | b) & ~result), width);
    }

    /** SUB, SBB, CMP: {@code result = a - b - borrow}. */
    public static void sub(Cpu cpu, long a, long b, long result, int width) {
        store(cpu, result, (~a & b) | ((~a | b) & result), width);
    }

    /** AND, OR, XOR, TEST: CF and OF clear; AF, undefined in the manual, clear as processors do. */
    public static void logic(Cpu cpu, long a, long b, long result, int width) {
        cpu.flagsResult = signExtend(result, width);
        cpu.flagsAux = 0;
    }

    /** INC: as ADD of one, CF unchanged. */
    public static void inc(Cpu cpu, long a, long result, int width) {
        keepCarry(cpu, result, a & ~result, width);
    }

    /** DEC: as SUB of one, CF unchanged. */
    public static void dec(Cpu cpu, long a, long result, int width) {
        keepCarry(cpu, result, ~a & result, width);
    }

    private static void keepCarry(Cpu cpu, long result, long carries, int width) {
        long oldCarry = cpu.flagsAux & AUX_CF;
        // For +1 and -1 the carry into the sign and the carry out of it differ exactly on overflow.
        long positioned = carries << (64 - width);
        long overflow = (positioned << 1 ^ positioned) & AUX_CF;
        cpu.flagsResult = signExtend(result, width);
        cpu.flagsAux = oldCarry | (oldCarry ^ overflow) >>> 1 | (carries & AUX_AF);
    }

    /** NEG: {@code result = 0 - a}. */
    public static void neg(Cpu cpu, long a, long result, int width) {
        store(cpu, result, a | result, width);
    }

    /**
     * Sets SF, ZF, PF by a result with CF and OF given; AF clear. For shifts and multiplications.
     */
    public static void result(Cpu cpu, long result, boolean carry, boolean overflow, int width) {
        cpu.flagsResult = signExtend(result, width);
        cpu.flagsAux = (carry ? AUX_CF : 0) | (carry != overflow ? AUX_CARRY_INTO_SIGN : 0);
    }

    /**
     * Sets flags by a product: ZF and AF, undefined in the manual, are clear as processors have
     * them, even when the result is zero.
     */
    public static void product(Cpu cpu, long low, boolean overflow, int width) {
        long value = signExtend(low, width);
        cpu.flagsResult = value == 0 ? 0x100 : value;
        cpu.flagsAux = overflow ? AUX_CF : 0;
    }

    /** IMUL of two operands: CF and OF tell whether the product was cut. */
    public static void imul(Cpu cpu, long a, long b, long result, int width) {
        long x = signExtend(a, width);
        long y = signExtend(b, width);
        boolean cut =
                width == 64
                        ? Math.multiplyHigh(x, y) != result >> 63
                        : signExtend(result, width) != result;
        product(cpu, result, cut, width);
    }

    /**
     * As {@link #result} without OF, and with PF clear: BMI1 and BMI2 leave AF and PF undefined.
     */
    public static void resultWithoutParity(Cpu cpu, long result, boolean carry, int width) {
        cpu.flagsResult = signExtend(result, width);
        // Xored with these bits, the low byte of any result becomes 1, whose parity is odd.
        long parity = ((result ^ 1) & 0xFF) << 8;
        cpu.flagsAux = parity | (carry ? AUX_CF | AUX_CARRY_INTO_SIGN : 0);
    }

    /** One of the sixteen conditions, by the low four bits of Jcc, SETcc and CMOVcc opcodes. */
    public static boolean condition(Cpu cpu, int code) {
        boolean holds =
                switch (code >> 1) {
                    case 0 -> overflow(cpu);
                    case 1 -> carry(cpu);
                    case 2 -> zero(cpu);
                    case 3 -> carry(cpu) || zero(cpu);
                    case 4 -> sign(cpu);
                    case 5 -> parity(cpu);
                    case 6 -> sign(cpu) != overflow(cpu);
                    default -> zero(cpu) || (sign(cpu) != overflow(cpu));
                };
        return holds != ((code & 1) != 0);
    }
}
