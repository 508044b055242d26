package dev.vls.machine.fuzz;

/** Operand values at which instructions change their behaviour, and random ones between. */
final class OperandPool {
    private static final long[] DOUBLES = {
        0L,
        0x8000_0000_0000_0000L,
        0x3FF0_0000_0000_0000L,
        0xBFF0_0000_0000_0000L,
        0x7FF0_0000_0000_0000L,
        0xFFF0_0000_0000_0000L,
        0x7FF8_0000_0000_0000L,
        0xFFF8_0000_0000_0000L,
        0x7FF0_0000_0000_0001L,
        0xFFF4_0000_0000_1234L,
        0x0000_0000_0000_0001L,
        0x800F_FFFF_FFFF_FFFFL,
        0x0010_0000_0000_0000L,
        0x7FEF_FFFF_FFFF_FFFFL,
        0x3FE0_0000_0000_0000L,
        0x4000_0000_0000_0000L,
        0x41DF_FFFF_FFC0_0000L,
        0xC1E0_0000_0000_0000L,
        0x41E0_0000_0000_0000L,
        0x43E0_0000_0000_0000L,
        0xC3E0_0000_0000_0000L,
        0x43DF_FFFF_FFFF_FFFFL,
        0x47EF_FFFF_E000_0000L,
        0x380F_FFFF_FFFF_FFFFL,
        0x3690_0000_0000_0000L,
        0x3FF8_0000_0000_0000L,
        0x4004_0000_0000_0000L,
        0x4000_921F_B544_42D1L,
    };

    private static final int[] FLOATS = {
        0,
        0x8000_0000,
        0x3F80_0000,
        0xBF80_0000,
        0x7F80_0000,
        0xFF80_0000,
        0x7FC0_0000,
        0xFFC0_0000,
        0x7F80_0001,
        0xFFA0_1234,
        0x0000_0001,
        0x807F_FFFF,
        0x0080_0000,
        0x7F7F_FFFF,
        0x3F00_0000,
        0x4000_0000,
        0x4EFF_FFFF,
        0xCF00_0000,
        0x4F00_0000,
        0x5F00_0000,
        0xDF00_0000,
        0x3FC0_0000,
        0x4020_0000,
    };

    private static final int[] EXPONENTS = {
        0, 1, 2, 0x3C00, 0x3FBE, 0x3FC0, 0x3FFE, 0x3FFF, 0x4000, 0x400E, 0x400F, 0x401E, 0x403D,
        0x403E, 0x403F, 0x43FF, 0x7FFD, 0x7FFE, 0x7FFF, 0x7FFF,
    };

    private static final long[] SIGNIFICANDS = {
        0L,
        1L,
        0x8000_0000_0000_0000L,
        0x8000_0000_0000_0000L,
        0x8000_0000_0000_0000L,
        0x8000_0000_0000_0001L,
        0xC000_0000_0000_0000L,
        0xFFFF_FFFF_FFFF_FFFFL,
        0xFFFF_FFFF_FFFF_F800L,
        0x4000_0000_0000_0000L,
        0x7FFF_FFFF_FFFF_FFFFL,
        0xA000_0000_0000_0001L,
    };

    /** Signed limits and all ones of the narrow widths. */
    private static final long[] LIMITS = {
        0x80, 0x7F, 0xFF, 0x8000, 0x7FFF, 0x8000_0000L, 0x7FFF_FFFFL,
    };

    private final Rng random;

    OperandPool(Rng random) {
        this.random = random;
    }

    /** An integer of 64 bits whose low 8, 16 and 32 are as interesting. */
    long integer() {
        return switch (random.below(12)) {
            case 0 -> random.below(3) - 1L;
            case 1 -> random.below(72);
            case 2 -> -random.below(72);
            case 3 -> 1L << random.below(64);
            case 4 -> (1L << random.below(64)) - 1;
            case 5 -> -(1L << random.below(64)) - random.below(2);
            case 6 -> random.octet() * 0x0101_0101_0101_0101L;
            case 7 -> LIMITS[random.below(LIMITS.length)] | random.word() << 32;
            case 8 -> random.word() >> random.below(64);
            case 9 -> random.word() >>> random.below(64);
            default -> random.word();
        };
    }

    long binary64() {
        if (random.chance(55)) {
            return DOUBLES[random.below(DOUBLES.length)];
        }
        if (random.chance(30)) {
            return Double.doubleToRawLongBits(random.below(2000) - 1000);
        }
        long exponent = 0x3FFL - 70 + random.below(140);
        return random.chance(50)
                ? random.word()
                : (random.word() & 0x800F_FFFF_FFFF_FFFFL) | exponent << 52;
    }

    int binary32() {
        if (random.chance(55)) {
            return FLOATS[random.below(FLOATS.length)];
        }
        if (random.chance(30)) {
            return Float.floatToRawIntBits(random.below(2000) - 1000);
        }
        int exponent = 0x7F - 30 + random.below(60);
        return random.chance(50)
                ? (int) random.word()
                : ((int) random.word() & 0x807F_FFFF) | exponent << 23;
    }

    /** Sign and exponent of an extended value; NaNs, denormals and unsupported forms included. */
    int extendedExponent() {
        int sign = random.below(2) << 15;
        if (random.chance(60)) {
            return sign | EXPONENTS[random.below(EXPONENTS.length)];
        }
        if (random.chance(70)) {
            return sign | (0x3FFF - 66 + random.below(132));
        }
        return sign | random.below(0x8000);
    }

    long extendedSignificand() {
        if (random.chance(50)) {
            return SIGNIFICANDS[random.below(SIGNIFICANDS.length)];
        }
        long bits = random.chance(50) ? random.word() : random.word() << random.below(64);
        return random.chance(92) ? bits | Long.MIN_VALUE : bits;
    }

    /** 64 bits of a vector register or of memory: integers, doubles, pairs of floats. */
    long half(int flavour) {
        return switch (flavour) {
            case 0 -> integer();
            case 1 -> binary64();
            case 2 -> (binary32() & 0xFFFF_FFFFL) | (long) binary32() << 32;
            default -> random.word();
        };
    }
}
