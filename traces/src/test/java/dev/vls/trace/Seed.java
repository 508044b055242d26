package dev.vls.trace;

import java.util.SplittableRandom;

/** The seed of a randomised test, always printed: repeat with {@code -Dseed=N}. */
final class Seed {
    private Seed() {}

    static SplittableRandom random(String test) {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println(test + ": seed " + seed);
        return new SplittableRandom(seed);
    }
}
