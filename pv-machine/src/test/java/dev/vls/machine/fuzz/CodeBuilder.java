package dev.vls.machine.fuzz;

/** Bytes of code under construction. */
final class CodeBuilder {
    private final byte[] bytes = new byte[CaseSlot.MAX_CODE + 64];
    private int length;

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
