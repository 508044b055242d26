package dev.vls.machine.device.net;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The ones' complement sum of 16-bit big-endian words (RFC 1071). Partial sums are 32-bit numbers
 * that may be added up; {@link #fold} makes 16 bits of them.
 */
final class InternetChecksum {
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final long LOW_HALF = 0xFFFF_FFFFL;

    private InternetChecksum() {}

    /**
     * The sum of bytes; an odd last one counts as the high half of a word.
     *
     * @return 0 to 0xFFFF
     */
    static int sum(byte[] bytes, int offset, int length) {
        // 32-bit words keep their sums apart from carries: 64 KiB of them cannot fill a long.
        long sum = 0;
        int at = offset;
        int end = offset + length;
        for (; at <= end - Long.BYTES; at += Long.BYTES) {
            long word = (long) LONG.get(bytes, at);
            sum += (word >>> 32) + (word & LOW_HALF);
        }
        for (; at <= end - 2; at += 2) {
            sum += word(bytes, at);
        }
        if (at < end) {
            sum += (bytes[at] & 0xFF) << 8;
        }
        sum = (sum >>> 32) + (sum & LOW_HALF);
        sum = (sum >>> 16) + (sum & 0xFFFF);
        return fold((int) ((sum >>> 16) + (sum & 0xFFFF)));
    }

    /** Sixteen bits of a sum of sums. */
    static int fold(int sum) {
        int folded = (sum >>> 16) + (sum & 0xFFFF);
        return (folded >>> 16) + (folded & 0xFFFF);
    }

    static int word(byte[] bytes, int at) {
        return ((bytes[at] & 0xFF) << 8) | (bytes[at + 1] & 0xFF);
    }

    static void setWord(byte[] bytes, int at, int value) {
        bytes[at] = (byte) (value >>> 8);
        bytes[at + 1] = (byte) value;
    }
}
