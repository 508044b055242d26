package dev.vls.trace;

/** LEB128, unsigned, 64 bits. */
final class Varint {
    private Varint() {}

    /**
     * Writes a number.
     *
     * @return the position behind it, at most {@link TraceFormat#VARINT_MAX} on
     */
    static int put(byte[] target, int at, long value) {
        int position = at;
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            target[position++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        target[position++] = (byte) rest;
        return position;
    }
}
