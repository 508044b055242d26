package dev.vls.machine.fuzz;

import java.util.SplittableRandom;

/** Seeded choices. */
final class Rng {
    private final SplittableRandom source;

    Rng(long seed) {
        source = new SplittableRandom(seed);
    }

    /** The generator of one batch of a run. */
    static Rng ofBatch(long seed, long batch) {
        return new Rng(new SplittableRandom(seed).nextLong() ^ batch * 0x9E37_79B9_7F4A_7C15L);
    }

    /** 0 to bound, exclusive. */
    int below(int bound) {
        return source.nextInt(bound);
    }

    /** True in so many of a hundred. */
    boolean chance(int percent) {
        return source.nextInt(100) < percent;
    }

    /** True once in so many. */
    boolean oneIn(int many) {
        return source.nextInt(many) == 0;
    }

    int octet() {
        return source.nextInt(256);
    }

    long word() {
        return source.nextLong();
    }
}
