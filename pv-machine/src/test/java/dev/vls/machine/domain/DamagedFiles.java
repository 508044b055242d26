package dev.vls.machine.domain;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Damages files at random: edges of number ranges in headers, single bytes, cut tails. */
final class DamagedFiles {
    private static final int HEADER_BYTES = 0x600;
    private static final long[] EDGES = {
        0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, 0xFFFF_FFFFL, 0x8000_0000L, 0xFFF, 0x1000, 0x7FFF
    };

    private final SplittableRandom random;

    DamagedFiles(long seed) {
        random = new SplittableRandom(seed);
    }

    byte[] damaged(byte[] original) {
        byte[] file =
                random.nextInt(8) == 0
                        ? Arrays.copyOf(original, random.nextInt(original.length + 1))
                        : original.clone();
        int changes = random.nextInt(1, 4);
        for (int i = 0; i < changes && file.length > 16; i++) {
            // Tables stand at the start, or at the end where there are sections.
            int reach = Math.min(file.length, HEADER_BYTES);
            int at = random.nextInt(reach);
            at = random.nextBoolean() ? at : file.length - 1 - at;
            change(file, at);
        }
        return file;
    }

    private void change(byte[] file, int at) {
        if (random.nextBoolean()) {
            file[at] = (byte) random.nextInt();
            return;
        }
        long edge = EDGES[random.nextInt(EDGES.length)];
        int size = 1 << random.nextInt(4);
        for (int i = 0; i < size && (at & -size) + i < file.length; i++) {
            file[(at & -size) + i] = (byte) (edge >>> (8 * i));
        }
    }
}
