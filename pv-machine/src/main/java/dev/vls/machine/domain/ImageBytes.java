package dev.vls.machine.domain;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The bytes of an untrusted file, little-endian, and the name to call it by. Every access is
 * checked against the file's end; one beyond it is a {@link KernelImageException} that names the
 * offset.
 */
final class ImageBytes {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final String name;
    private final MemorySegment bytes;

    ImageBytes(String name, MemorySegment bytes) {
        this.name = name;
        this.bytes = bytes.asReadOnly();
    }

    String name() {
        return name;
    }

    MemorySegment segment() {
        return bytes;
    }

    long size() {
        return bytes.byteSize();
    }

    int unsignedByte(long offset) {
        return bytes.get(ValueLayout.JAVA_BYTE, checked(offset, 1)) & 0xFF;
    }

    int unsignedShort(long offset) {
        return bytes.get(SHORT, checked(offset, 2)) & 0xFFFF;
    }

    long unsignedInt(long offset) {
        return bytes.get(INT, checked(offset, 4)) & 0xFFFF_FFFFL;
    }

    long longAt(long offset) {
        return bytes.get(LONG, checked(offset, 8));
    }

    /** Whether the file has these bytes at an offset; false beyond its end. */
    boolean has(long offset, int... expected) {
        if (!contains(offset, expected.length)) {
            return false;
        }
        for (int i = 0; i < expected.length; i++) {
            if (unsignedByte(offset + i) != expected[i]) {
                return false;
            }
        }
        return true;
    }

    boolean contains(long offset, long length) {
        return offset >= 0 && length >= 0 && length <= size() && offset <= size() - length;
    }

    /** A part of the file under the same name. */
    ImageBytes slice(long offset, long length) {
        return new ImageBytes(name, bytes.asSlice(checked(offset, length), length));
    }

    /**
     * The NUL-terminated string at an offset.
     *
     * @param limit bytes that it may have, without the NUL
     */
    String string(long offset, int limit) {
        int length = 0;
        while (unsignedByte(offset + length) != 0) {
            length++;
            if (length > limit) {
                throw bad(
                        "the string at offset 0x%x has no end within %d bytes"
                                .formatted(offset, limit),
                        "the file is damaged, get it again");
            }
        }
        return text(offset, length);
    }

    /** Characters of one byte each. */
    String text(long offset, int length) {
        byte[] copy = bytes.asSlice(checked(offset, length), length).toArray(ValueLayout.JAVA_BYTE);
        return new String(copy, StandardCharsets.ISO_8859_1);
    }

    /** An exception about this file: {@code throw image.bad(what, remedy)}. */
    KernelImageException bad(String what, String remedy) {
        return new KernelImageException(name + ": " + what + ": " + remedy);
    }

    private long checked(long offset, long length) {
        if (!contains(offset, length)) {
            throw bad(
                    "truncated, %d bytes are wanted at offset 0x%x but the file ends at 0x%x"
                            .formatted(length, offset, size()),
                    "get the whole file again");
        }
        return offset;
    }
}
