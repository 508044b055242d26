package dev.vls.machine.cpu.sse;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/** Random SSE states, dense in the operands where arithmetic has corners. */
public final class SseStates {
    private static final int[] FIELDS_32 = {0, 0, 1, 2, 24, 126, 127, 128, 150, 157, 158, 254, 255};
    private static final int[] FIELDS_64 = {
        0, 0, 1, 2, 53, 1022, 1023, 1024, 1053, 1054, 1075, 1085, 1086, 2046, 2047, 896, 897, 1150
    };

    private final SplittableRandom random;

    /** Creates a generator. */
    public SseStates(SplittableRandom random) {
        this.random = random;
    }

    /** Writes one state into an oracle record; operands are binary64 when {@code wide}. */
    public void fill(ByteBuffer batch, int offset, boolean wide) {
        int masks = random.nextInt(3) == 0 ? random.nextInt(64) : 0x3F;
        int mxcsr = masks << 7 | random.nextInt(64);
        if (random.nextInt(2) == 0) {
            mxcsr |= random.nextInt(4) << 13;
        }
        mxcsr |= random.nextInt(4) == 0 ? 0x40 : 0;
        mxcsr |= random.nextInt(4) == 0 ? 0x8000 : 0;
        batch.putShort(offset, (short) 0x37F);
        batch.put(offset + 4, (byte) 0xFF);
        batch.putInt(offset + 24, mxcsr);
        numbers(batch, offset + 160, 32, wide);
        for (int i = 0; i < 8; i++) {
            batch.putLong(offset + 32 + 16 * i, random.nextLong());
            batch.putShort(offset + 32 + 16 * i + 8, (short) 0xFFFF);
        }
        if (random.nextInt(8) == 0) {
            batch.putLong(offset + 192, batch.getLong(offset + 176));
        }
        batch.putLong(offset + 512, random.nextLong() >> random.nextInt(64));
        for (int i = 1; i < 4; i++) {
            batch.putLong(offset + 512 + 8 * i, random.nextLong());
        }
        batch.putLong(offset + 512 + 32, 0x202 | (random.nextInt() & 0x8D5));
    }

    /** Fills quadwords with binary64 numbers when {@code wide}, else with pairs of binary32. */
    public void numbers(ByteBuffer batch, int offset, int count, boolean wide) {
        int base32 = FIELDS_32[random.nextInt(FIELDS_32.length)];
        int base64 = FIELDS_64[random.nextInt(FIELDS_64.length)];
        for (int i = 0; i < count; i++) {
            long bits =
                    wide
                            ? number64(base64)
                            : (number32(base32) & 0xFFFFFFFFL) | (long) number32(base32) << 32;
            batch.putLong(offset + 8 * i, bits);
        }
    }

    private int number32(int base) {
        int field =
                switch (random.nextInt(6)) {
                            case 0, 1 -> FIELDS_32[random.nextInt(FIELDS_32.length)];
                            case 2 -> random.nextInt(256);
                            case 3 -> 127 + random.nextInt(-26, 33);
                            default -> base + random.nextInt(-2, 3);
                        }
                        & 0xFF;
        int fraction =
                switch (random.nextInt(4)) {
                            case 0 -> random.nextInt(4) << 21;
                            case 1 -> -1 << random.nextInt(24);
                            case 2 -> random.nextInt(-2, 3);
                            default -> random.nextInt();
                        }
                        & 0x7FFFFF;
        return random.nextInt(2) << 31 | field << 23 | fraction;
    }

    private long number64(int base) {
        long field =
                switch (random.nextInt(6)) {
                            case 0, 1 -> FIELDS_64[random.nextInt(FIELDS_64.length)];
                            case 2 -> random.nextInt(2048);
                            case 3 -> 1023 + random.nextInt(-55, 66);
                            default -> base + random.nextInt(-2, 3);
                        }
                        & 0x7FF;
        long fraction =
                switch (random.nextInt(5)) {
                            case 0 -> random.nextLong(4) << 50;
                            case 1 -> -1L << random.nextInt(53);
                            case 2 -> random.nextInt(-2, 3);
                            case 3 -> random.nextLong() << 29;
                            default -> random.nextLong();
                        }
                        & 0xFFFFFFFFFFFFFL;
        return random.nextLong(2) << 63 | field << 52 | fraction;
    }
}
