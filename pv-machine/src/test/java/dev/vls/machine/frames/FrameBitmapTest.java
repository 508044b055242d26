package dev.vls.machine.frames;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.BitSet;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameBitmapTest {
    private static final long SEED = Long.getLong("test.seed", 20261120L);

    @ParameterizedTest
    @ValueSource(ints = {1, 63, 64, 65, 4096, 4097, 300_000})
    void agreesWithABitSet(int bits) {
        SplittableRandom random = new SplittableRandom(SEED + bits);
        FrameBitmap bitmap = new FrameBitmap(bits);
        BitSet expected = new BitSet(bits);
        for (int step = 0; step < 20_000; step++) {
            int index = random.nextInt(bits);
            if (random.nextInt(3) == 0) {
                bitmap.set(index);
                expected.set(index);
            } else {
                bitmap.clear(index);
                expected.clear(index);
            }
            int from = random.nextInt(bits);
            assertEquals(expected.get(from), bitmap.get(from), () -> "seed " + SEED);
            assertEquals(
                    expected.previousSetBit(from),
                    bitmap.previousSetBit(from),
                    () -> "seed " + SEED);
        }
    }

    @Test
    void placesBeyondTheEndCountAsTheEnd() {
        FrameBitmap bitmap = new FrameBitmap(100);
        bitmap.set(99);
        assertEquals(99, bitmap.previousSetBit(1 << 20));
    }
}
