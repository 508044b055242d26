package dev.vls.machine.cpu.simd;

import dev.vls.machine.cpu.Cpu;

/**
 * AES-NI (FIPS 197). The state is four columns of 32 bits, row 0 in the low byte; a table gives for
 * each byte of row 0 what it adds to its column after substitution and mixing, and a rotation of it
 * serves the other rows.
 */
public final class Aes {
    private static final int POLYNOMIAL = 0x11B;
    private static final int[] SUBSTITUTED = new int[256];
    private static final int[] RESTORED = new int[256];
    private static final int[] MIXED = new int[256];
    private static final int[] UNMIXED = new int[256];

    static {
        // 3 generates the multiplicative group, and so its inverse does; walk both.
        int power = 1;
        int inverse = 1;
        do {
            power = multiply(power, 3);
            inverse = multiply(inverse, 0xF6);
            substitute(power, inverse);
        } while (power != 1);
        substitute(0, 0);
        for (int i = 0; i < 256; i++) {
            MIXED[i] = column(SUBSTITUTED[i], 2, 1, 1, 3);
            UNMIXED[i] = column(RESTORED[i], 14, 9, 13, 11);
        }
    }

    private Aes() {}

    private static int multiply(int a, int b) {
        int product = 0;
        int shifted = a;
        for (int rest = b; rest != 0; rest >>>= 1) {
            product ^= (rest & 1) != 0 ? shifted : 0;
            shifted <<= 1;
            shifted ^= (shifted & 0x100) != 0 ? POLYNOMIAL : 0;
        }
        return product;
    }

    /** Enters a value into both S-boxes by its inverse: an affine map of its bits. */
    private static void substitute(int value, int inverse) {
        int twice = inverse | inverse << 8;
        int mapped = twice ^ twice >>> 4 ^ twice >>> 5 ^ twice >>> 6 ^ twice >>> 7;
        int result = (mapped ^ 0x63) & 0xFF;
        SUBSTITUTED[value] = result;
        RESTORED[result] = value;
    }

    private static int column(int value, int row0, int row1, int row2, int row3) {
        return multiply(value, row0)
                | multiply(value, row1) << 8
                | multiply(value, row2) << 16
                | multiply(value, row3) << 24;
    }

    /** A byte of a row, in a column given modulo four. */
    private static int at(long low, long high, int column, int row) {
        long half = (column & 2) == 0 ? low : high;
        return (int) (half >>> (32 * (column & 1) + 8 * row)) & 0xFF;
    }

    /** A column after shifting rows, substitution and mixing; direction is 1, or -1 to undo. */
    private static long mixedColumn(long low, long high, int column, int direction, int[] table) {
        int result =
                table[at(low, high, column, 0)]
                        ^ Integer.rotateLeft(table[at(low, high, column + direction, 1)], 8)
                        ^ Integer.rotateLeft(table[at(low, high, column + 2, 2)], 16)
                        ^ Integer.rotateLeft(table[at(low, high, column - direction, 3)], 24);
        return result & 0xFFFF_FFFFL;
    }

    /** As {@link #mixedColumn} without mixing. */
    private static long plainColumn(long low, long high, int column, int direction, int[] table) {
        int result =
                table[at(low, high, column, 0)]
                        | table[at(low, high, column + direction, 1)] << 8
                        | table[at(low, high, column + 2, 2)] << 16
                        | table[at(low, high, column - direction, 3)] << 24;
        return result & 0xFFFF_FFFFL;
    }

    private static void mixedRound(Cpu cpu, int a, int key, int direction, int[] table) {
        long low = cpu.xmm[a];
        long high = cpu.xmm[a + 1];
        long keyLow = cpu.xmm[key];
        long keyHigh = cpu.xmm[key + 1];
        cpu.xmm[a] =
                keyLow
                        ^ (mixedColumn(low, high, 0, direction, table)
                                | mixedColumn(low, high, 1, direction, table) << 32);
        cpu.xmm[a + 1] =
                keyHigh
                        ^ (mixedColumn(low, high, 2, direction, table)
                                | mixedColumn(low, high, 3, direction, table) << 32);
    }

    private static void plainRound(Cpu cpu, int a, int key, int direction, int[] table) {
        long low = cpu.xmm[a];
        long high = cpu.xmm[a + 1];
        long keyLow = cpu.xmm[key];
        long keyHigh = cpu.xmm[key + 1];
        cpu.xmm[a] =
                keyLow
                        ^ (plainColumn(low, high, 0, direction, table)
                                | plainColumn(low, high, 1, direction, table) << 32);
        cpu.xmm[a + 1] =
                keyHigh
                        ^ (plainColumn(low, high, 2, direction, table)
                                | plainColumn(low, high, 3, direction, table) << 32);
    }

    public static void aesenc(Cpu cpu, int a, int key) {
        mixedRound(cpu, a, key, 1, MIXED);
    }

    public static void aesenclast(Cpu cpu, int a, int key) {
        plainRound(cpu, a, key, 1, SUBSTITUTED);
    }

    public static void aesdec(Cpu cpu, int a, int key) {
        mixedRound(cpu, a, key, -1, UNMIXED);
    }

    public static void aesdeclast(Cpu cpu, int a, int key) {
        plainRound(cpu, a, key, -1, RESTORED);
    }

    /** AESIMC of 64 bits: two columns. */
    public static long aesimc(long a) {
        return unmixedColumn((int) a) | unmixedColumn((int) (a >>> 32)) << 32;
    }

    /** Substitution first, for the table undoes it. */
    private static long unmixedColumn(int a) {
        int result =
                UNMIXED[SUBSTITUTED[a & 0xFF]]
                        ^ Integer.rotateLeft(UNMIXED[SUBSTITUTED[a >>> 8 & 0xFF]], 8)
                        ^ Integer.rotateLeft(UNMIXED[SUBSTITUTED[a >>> 16 & 0xFF]], 16)
                        ^ Integer.rotateLeft(UNMIXED[SUBSTITUTED[a >>> 24]], 24);
        return result & 0xFFFF_FFFFL;
    }

    /** AESKEYGENASSIST of 64 bits: only the odd doubleword matters. */
    public static long aeskeygenassist(long a, int roundConstant) {
        int word = (int) (a >>> 32);
        int substituted =
                SUBSTITUTED[word & 0xFF]
                        | SUBSTITUTED[word >>> 8 & 0xFF] << 8
                        | SUBSTITUTED[word >>> 16 & 0xFF] << 16
                        | SUBSTITUTED[word >>> 24] << 24;
        long rotated = Integer.rotateRight(substituted, 8) ^ roundConstant;
        return (substituted & 0xFFFF_FFFFL) | rotated << 32;
    }
}
