package dev.vls.machine.cpu.simd;

/**
 * Arithmetic on all elements ("lanes") of 64 bits at once. A lane width comes as a pair: the width
 * in bits and the constant with each lane's sign bit; both are constants at every call, so that
 * they fold away.
 */
final class Lanes {
    static final long SIGNS_8 = 0x8080_8080_8080_8080L;
    static final long SIGNS_16 = 0x8000_8000_8000_8000L;
    static final long SIGNS_32 = 0x8000_0000_8000_0000L;
    static final long SIGNS_64 = 0x8000_0000_0000_0000L;

    private Lanes() {}

    /** Each lane all ones where its sign bit is set, else zero. */
    static long spread(long a, long signs, int width) {
        long set = a & signs;
        return (set << 1) - (set >>> (width - 1));
    }

    static long add(long a, long b, long signs) {
        return ((a & ~signs) + (b & ~signs)) ^ ((a ^ b) & signs);
    }

    static long subtract(long a, long b, long signs) {
        return ((a | signs) - (b & ~signs)) ^ ((a ^ ~b) & signs);
    }

    /** At the sign bits: the carry out of each lane of {@code sum = a + b}. */
    static long carry(long a, long b, long sum) {
        return (a & b) | ((a | b) & ~sum);
    }

    /** At the sign bits: the borrow out of each lane of {@code difference = a - b}. */
    static long borrow(long a, long b, long difference) {
        return (~a & b) | ((~a | b) & difference);
    }

    /** All ones where a lane of a is below that of b, both unsigned. */
    static long below(long a, long b, long signs, int width) {
        return spread(borrow(a, b, subtract(a, b, signs)), signs, width);
    }

    /** All ones where a lane of a is less than that of b, both signed. */
    static long less(long a, long b, long signs, int width) {
        return below(a ^ signs, b ^ signs, signs, width);
    }

    /** All ones in each lane that is zero. */
    static long zero(long a, long signs, int width) {
        return spread(~(((a & ~signs) + ~signs) | a), signs, width);
    }

    /** The largest signed value in each lane where a is positive, the smallest where negative. */
    static long saturation(long a, long signs, int width) {
        return ~signs + ((a & signs) >>> (width - 1));
    }
}
