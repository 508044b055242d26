package dev.vls.replay;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The algorithm of all digests. */
public final class Sha256 {
    private static final int SLICE_BYTES = 64 << 10;

    private Sha256() {}

    public static MessageDigest create() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    /** Of all bytes, in lower-case hexadecimal. */
    static String hex(MemorySegment bytes) {
        MessageDigest digest = create();
        update(digest, bytes);
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Of a text's UTF-8, in lower-case hexadecimal. */
    public static String hex(String text) {
        return HexFormat.of().formatHex(create().digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** By way of an array: a process that has just begun takes half as long as with buffers. */
    static void update(MessageDigest digest, MemorySegment bytes) {
        byte[] slice = new byte[(int) Math.min(SLICE_BYTES, bytes.byteSize())];
        for (long at = 0; at < bytes.byteSize(); at += SLICE_BYTES) {
            int length = (int) Math.min(SLICE_BYTES, bytes.byteSize() - at);
            MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, slice, 0, length);
            digest.update(slice, 0, length);
        }
    }
}
