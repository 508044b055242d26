package dev.vls.trace;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/** A trace as bytes to be spoiled. Knows the layout of docs/spec/trace-format.md by itself. */
final class TraceBytes {
    private static final int HEADER = 32;
    private static final int PREAMBLE = 16;

    final byte[] bytes;
    private final ByteBuffer view;

    TraceBytes(byte[] bytes) {
        this.bytes = bytes;
        this.view = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Where chunks begin, as far as lengths can be followed. */
    List<Integer> chunks() {
        List<Integer> chunks = new ArrayList<>();
        int at = PREAMBLE;
        while (at + HEADER <= bytes.length && bytes[at] == 'V' && bytes[at + 1] == 'C') {
            chunks.add(at);
            at += HEADER + storedLength(at);
        }
        return chunks;
    }

    int storedLength(int chunk) {
        return Math.clamp(view.getInt(chunk + 8), 0, bytes.length - chunk - HEADER);
    }

    byte[] payload(int chunk) {
        return Arrays.copyOfRange(bytes, chunk + HEADER, chunk + HEADER + storedLength(chunk));
    }

    int type(int chunk) {
        return bytes[chunk + 4];
    }

    void setInt(int at, int value) {
        view.putInt(at, value);
    }

    /** Makes all checksums right again. */
    TraceBytes withChecksums() {
        view.putInt(12, crc(0, 12));
        for (int chunk : chunks()) {
            view.putInt(chunk + 24, crc(chunk + HEADER, storedLength(chunk)));
            view.putInt(chunk + 28, crc(chunk, 28));
        }
        if (bytes.length >= 40) {
            int trailer = bytes.length - 24;
            view.putInt(trailer + 20, crc(trailer, 20));
        }
        return this;
    }

    private int crc(int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, length);
        return (int) crc.getValue();
    }
}
