package dev.vls.replay.wire;

/**
 * Bytes as they travel, compressed or not.
 *
 * @param zstd whether the bytes are a zstd frame
 * @param rawLength what becomes of them
 * @param bytes not changed by anybody
 */
@SuppressWarnings("ArrayRecordComponent") // Passed on, compared by nobody.
public record Packed(boolean zstd, int rawLength, byte[] bytes) {
    /** Bytes that are not compressed. */
    public static Packed stored(byte[] bytes) {
        return new Packed(false, bytes.length, bytes);
    }
}
