package dev.vls.machine.cpu.sse;

/** Parameters of the IEEE binary interchange formats; values are handled as bits in a long. */
enum BinaryFormat {
    SINGLE(24, 127, 8),
    DOUBLE(53, 1023, 11);

    final int precision;
    final int bias;
    final int exponentMin;
    final int exponentMax;
    final int fractionBits;
    final int fieldMax;
    final long fractionMask;
    final long signMask;
    final long infinity;
    final long quietBit;
    final long indefinite;

    BinaryFormat(int precision, int bias, int exponentBits) {
        this.precision = precision;
        this.bias = bias;
        exponentMin = 1 - bias;
        exponentMax = bias;
        fractionBits = precision - 1;
        fieldMax = (1 << exponentBits) - 1;
        fractionMask = (1L << fractionBits) - 1;
        signMask = 1L << (fractionBits + exponentBits);
        infinity = (long) fieldMax << fractionBits;
        quietBit = 1L << (fractionBits - 1);
        indefinite = signMask | infinity | quietBit;
    }

    int field(long bits) {
        return (int) (bits >>> fractionBits) & fieldMax;
    }

    boolean isNegative(long bits) {
        return (bits & signMask) != 0;
    }

    boolean isNan(long bits) {
        return (bits & ~signMask) > infinity;
    }

    boolean isSignalling(long bits) {
        return isNan(bits) && (bits & quietBit) == 0;
    }

    boolean isInfinite(long bits) {
        return (bits & ~signMask) == infinity;
    }

    boolean isZero(long bits) {
        return (bits & ~signMask) == 0;
    }

    boolean isDenormal(long bits) {
        return field(bits) == 0 && (bits & fractionMask) != 0;
    }
}
