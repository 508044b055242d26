package dev.vls.machine.state;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;

/** States of machines as somebody would write them who means harm. */
public final class DamagedState {
    private DamagedState() {}

    /** A state with some bytes of its sections changed, and checksums to match. */
    public static byte[] withRightChecksums(byte[] state, Random random) {
        byte[] damaged = state.clone();
        List<int[]> sections = sections(damaged);
        int changes = 1 + random.nextInt(8);
        for (int i = 0; i < changes; i++) {
            // Nearly all bytes are in one section; the others are to have their share.
            int[] bounds =
                    random.nextInt(4) == 0
                            ? new int[] {20, damaged.length}
                            : sections.get(random.nextInt(sections.size()));
            int at = random.nextInt(bounds[0], bounds[1]);
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

    /**
     * Changes a byte of a state whose sections can be told; checksums are wrong then.
     *
     * @param section counted round
     * @param at in its name, length, checksum or content, counted round
     */
    public static void change(byte[] state, int section, int at, byte value) {
        List<int[]> sections = sections(state);
        if (!sections.isEmpty()) {
            int[] bounds = sections.get(section % sections.size());
            state[bounds[0] + at % (bounds[1] - bounds[0])] = value;
        }
    }

    /** From where to where each section reaches, as far as they can be told. */
    private static List<int[]> sections(byte[] state) {
        ByteBuffer bytes = ByteBuffer.wrap(state).order(ByteOrder.LITTLE_ENDIAN);
        List<int[]> sections = new ArrayList<>();
        int at = 20;
        while (at < state.length) {
            int lengthAt = at + 1 + (state[at] & 0xFF);
            long length = lengthAt + 12 > state.length ? -1 : bytes.getLong(lengthAt);
            if (length < 0 || length > state.length - lengthAt - 12) {
                break;
            }
            int end = lengthAt + 12 + (int) length;
            sections.add(new int[] {at, end});
            at = end;
        }
        return sections;
    }

    /** Makes all checksums right, as far as the sections can be told. */
    public static void seal(byte[] state) {
        if (state.length < 20) {
            return;
        }
        ByteBuffer bytes = ByteBuffer.wrap(state).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(16, checksum(state, 0, 16, 0, 0));
        for (int[] section : sections(state)) {
            int lengthAt = section[0] + 1 + (state[section[0]] & 0xFF);
            int start = lengthAt + 12;
            int sum =
                    checksum(
                            state,
                            section[0],
                            lengthAt + 8 - section[0],
                            start,
                            section[1] - start);
            bytes.putInt(lengthAt + 8, sum);
        }
    }

    private static int checksum(byte[] bytes, int from, int length, int then, int thenLength) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, length);
        crc.update(bytes, then, thenLength);
        return (int) crc.getValue();
    }
}
