package dev.vls.replay.wire;

import java.nio.ByteBuffer;

/**
 * Bytes as they travel, compressed or not, in a buffer that its owner uses again: whoever is given
 * them reads them before that call returns, and leaves the buffer's position and limit as they are.
 *
 * @param zstd whether the bytes are a zstd frame
 * @param rawLength what becomes of them
 * @param bytes from the buffer's position to its limit
 */
public record Lent(boolean zstd, int rawLength, ByteBuffer bytes) {
    /** Bytes that are not compressed. */
    public static Lent stored(ByteBuffer bytes) {
        return new Lent(false, bytes.remaining(), bytes);
    }
}
