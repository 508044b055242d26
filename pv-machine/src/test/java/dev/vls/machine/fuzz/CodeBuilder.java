package dev.vls.machine.fuzz;

/** Bytes of code under construction. */
final class CodeBuilder {
    private final byte[] bytes;
    private int length;

    CodeBuilder() {
        this(CaseSlot.MAX_CODE + 64);
    }

    /**
     * Makes an empty one.
     *
     * @param capacity bytes; what is beyond is lost
     */
    CodeBuilder(int capacity) {
        bytes = new byte[capacity];
    }

    void clear() {
        length = 0;
    }

    void truncate(int to) {
        length = to;
    }

    void add(int octet) {
        if (length < bytes.length) {
            bytes[length++] = (byte) octet;
        }
    }

    /** Appends a little-endian number. */
    void addNumber(long value, int octets) {
        for (int i = 0; i < octets; i++) {
            add((int) (value >>> (8 * i)));
        }
    }

    void setNumber(int at, long value, int octets) {
        for (int i = 0; i < octets; i++) {
            bytes[at + i] = (byte) (value >>> (8 * i));
        }
    }

    int length() {
        return length;
    }

    byte[] bytes() {
        return bytes;
    }
}
