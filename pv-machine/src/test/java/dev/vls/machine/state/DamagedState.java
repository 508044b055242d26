package dev.vls.machine.state;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.zip.CRC32C;

/** States of machines as somebody would write them who means harm. */
public final class DamagedState {
    private DamagedState() {}

    /** A state with some bytes of its sections changed, and checksums to match. */
    public static byte[] withRightChecksums(byte[] state, Random random) {
        byte[] damaged = state.clone();
        int changes = 1 + random.nextInt(8);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(20, damaged.length);
            damaged[at] =
                    switch (random.nextInt(4)) {
                        case 0 -> (byte) (damaged[at] ^ (1 << random.nextInt(8)));
                        case 1 -> (byte) random.nextInt(256);
                        case 2 -> (byte) 0xFF;
                        default -> 0;
                    };
        }
        seal(damaged);
        return damaged;
    }

    /** Makes all checksums right, as far as the sections can be told. */
    public static void seal(byte[] state) {
        if (state.length < 20) {
            return;
        }
        ByteBuffer bytes = ByteBuffer.wrap(state).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(16, checksum(state, 0, 16, 0, 0));
        int sections = bytes.getInt(12);
        int at = 20;
        for (int i = 0; i < sections && at < state.length; i++) {
            int lengthAt = at + 1 + (state[at] & 0xFF);
            if (lengthAt + 12 > state.length) {
                return;
            }
            long length = bytes.getLong(lengthAt);
            if (length < 0 || length > state.length - lengthAt - 12) {
                return;
            }
            int start = lengthAt + 12;
            int sum = checksum(state, at, lengthAt + 8 - at, start, (int) length);
            bytes.putInt(lengthAt + 8, sum);
            at = start + (int) length;
        }
    }

    private static int checksum(byte[] bytes, int from, int length, int then, int thenLength) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, length);
        crc.update(bytes, then, thenLength);
        return (int) crc.getValue();
    }
}
