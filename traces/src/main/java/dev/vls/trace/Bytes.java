package dev.vls.trace;

import java.util.Arrays;
import java.util.HexFormat;

/** Bytes that do not change, compared by their content. */
public final class Bytes {
    /** No bytes. */
    public static final Bytes EMPTY = new Bytes(new byte[0]);

    private final byte[] content;

    private Bytes(byte[] content) {
        this.content = content;
    }

    /** A copy of what is there now. */
    public static Bytes of(byte[] content) {
        return new Bytes(content.clone());
    }

    static Bytes copyOf(byte[] content, int from, int length) {
        return length == 0 ? EMPTY : new Bytes(Arrays.copyOfRange(content, from, from + length));
    }

    public int length() {
        return content.length;
    }

    /** A new array. */
    public byte[] toArray() {
        return content.clone();
    }

    /** Lower-case hexadecimal. */
    public String toHex() {
        return HexFormat.of().formatHex(content);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes bytes && Arrays.equals(content, bytes.content);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(content);
    }

    @Override
    public String toString() {
        return toHex();
    }
}
