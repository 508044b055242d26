package dev.vls.machine.cpu.x87;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/** Random FPU states, dense in the operands where x87 arithmetic has corners. */
public final class X87States {
    private static final int[] EXPONENTS = {
        0, 0, 1, 2, 0x3FFE, 0x3FFF, 0x4000, 0x403D, 0x403E, 0x403F, 0x7FFE, 0x7FFF, 0x7FFF, 0x3F81,
        0x3F80, 0x3F69, 0x3F6A, 0x407E, 0x407F, 0x3C01, 0x3C00, 0x3BCC, 0x3BCD, 0x43FE, 0x43FF,
        0x400E, 0x401E, 0x3FFD, 0x3FFC, 63, 64, 65, 32
    };

    private static final long[] SIGNIFICANDS = {
        0,
        1L << 63,
        3L << 62,
        -1,
        -2,
        (1L << 63) | 1,
        (1L << 62),
        1,
        (1L << 62) | 1,
        0xC000000000000001L,
        0xA000000000000000L,
        0xFFFFFF8000000000L,
        0xFFFFFF0000000000L,
        0xFFFFFFFFFFFFF800L,
        0xFFFFFFFFFFFFFC00L,
        0x8000008000000000L,
        0x8000000000000400L,
        0xDE0B6B3A763FFFF0L
    };

    private final SplittableRandom random;

    /** Creates a generator. */
    public X87States(SplittableRandom random) {
        this.random = random;
    }

    /** Writes one state into an oracle record. */
    public void fill(ByteBuffer batch, int offset, int memoryBytes, boolean moderate) {
        int masks = random.nextInt(3) == 0 ? random.nextInt(64) : 0x3F;
        int control = masks | 0x40 | random.nextInt(16) << 8;
        if (random.nextInt(3) == 0) {
            control |= 0x300;
        }
        int sticky = random.nextInt(64) & masks;
        if (random.nextInt(64) == 0) {
            sticky = random.nextInt(64);
        }
        int top = random.nextInt(8);
        int status = sticky | top << 11 | random.nextInt(8) << 8 | random.nextInt(2) << 14;
        status |= random.nextInt(8) == 0 ? 0x40 : 0;
        int tags = 0x3F >> random.nextInt(2) | random.nextInt(4) << 6;
        if (random.nextInt(8) == 0) {
            tags = random.nextInt(256);
        }
        // tags so far are relative to the stack; rotate into physical numbers
        int physical = 0;
        for (int i = 0; i < 8; i++) {
            physical |= (tags >> i & 1) << ((top + i) & 7);
        }
        batch.putShort(offset, (short) control);
        batch.putShort(offset + 2, (short) status);
        batch.put(offset + 4, (byte) physical);
        batch.putInt(offset + 24, 0x1F80);
        int base = EXPONENTS[random.nextInt(EXPONENTS.length)];
        for (int i = 0; i < 8; i++) {
            int at = offset + 32 + 16 * i;
            batch.putLong(at, moderate ? random.nextLong() | 1L << 63 : significand());
            batch.putShort(at + 8, (short) (moderate ? moderate() : exponent(base)));
        }
        if (!moderate && random.nextInt(8) == 0) {
            batch.putLong(offset + 48, batch.getLong(offset + 32));
        }
        batch.putLong(offset + 512, random.nextLong());
        batch.putLong(offset + 512 + 32, 0x202 | (random.nextInt() & 0x8D5));
        memory(batch, offset + 576, memoryBytes);
    }

    private int moderate() {
        return (0x3FFF + random.nextInt(-20, 8)) | random.nextInt(2) << 15;
    }

    private int exponent(int base) {
        int sign = random.nextInt(2) << 15;
        int field =
                switch (random.nextInt(8)) {
                    case 0, 1 -> EXPONENTS[random.nextInt(EXPONENTS.length)];
                    case 2 -> random.nextInt(0x8000);
                    case 3 -> 0x3FFF + random.nextInt(-70, 70);
                    default -> base + random.nextInt(-3, 4);
                };
        return sign | (field & 0x7FFF);
    }

    private long significand() {
        long value =
                switch (random.nextInt(4)) {
                    case 0 -> SIGNIFICANDS[random.nextInt(SIGNIFICANDS.length)];
                    case 1 -> -1L << random.nextInt(64);
                    default -> random.nextLong();
                };
        if (random.nextInt(4) == 0) {
            value ^= 1L << random.nextInt(63);
        }
        return random.nextInt(32) == 0 ? value : value | 1L << 63;
    }

    private void memory(ByteBuffer batch, int offset, int bytes) {
        for (int i = 0; i < bytes; i += 8) {
            batch.putLong(offset + i, random.nextLong());
        }
        switch (random.nextInt(8)) {
            case 0 -> batch.putInt(offset, 0x7F800000 ^ random.nextInt(2) << 31);
            case 1 ->
                    batch.putInt(
                            offset,
                            random.nextInt(3) << 22
                                    | random.nextInt(4)
                                    | random.nextInt(2) * 0x7F800000);
            case 2 -> batch.putLong(offset, random.nextLong() & 0x800FFFFFFFFFFFFFL);
            case 3 ->
                    batch.putLong(
                            offset,
                            (long) random.nextInt(3) << 51
                                    | random.nextInt(4)
                                    | random.nextInt(2) * 0x7FF0000000000000L);
            case 4 -> batch.putLong(offset, (long) random.nextInt(-3, 4) << random.nextInt(64));
            case 5 -> {
                batch.putLong(offset, random.nextLong() & 0x9999999999999999L);
                batch.putShort(offset + 8, (short) (random.nextInt() & 0x8099));
            }
            default -> {}
        }
    }
}
