package dev.vls.machine.xenstore;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Payloads as xenstored reads them: NUL-terminated strings in a buffer of known length, numbers by
 * the C library's rules. Texts hold one char a byte.
 */
final class CText {
    private CText() {}

    static String of(byte[] bytes, int offset, int length) {
        return new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The text if it is one string with its NUL at the very end, else null. */
    static @Nullable String single(String payload) {
        int end = payload.indexOf('\0');
        return end >= 0 && end == payload.length() - 1 ? payload.substring(0, end) : null;
    }

    /** All NUL-terminated strings; what follows the last NUL is not one. */
    static List<String> strings(String payload) {
        List<String> strings = new ArrayList<>();
        int start = 0;
        for (int end; (end = payload.indexOf('\0', start)) >= 0; start = end + 1) {
            strings.add(payload.substring(start, end));
        }
        return strings;
    }

    /** {@code atoi}: saturates as a 64-bit long, then keeps the low 32 bits; 0 for no number. */
    static int toInt(String text) {
        Scan number = new Scan(text, 10);
        return number.digits == 0 ? 0 : (int) number.value;
    }

    /**
     * {@code strtol(text, &end, 0)} where nothing may follow the number: decimal, {@code 0x}
     * hexadecimal or {@code 0} octal, kept to 32 bits.
     *
     * @throws StoreRefusal EINVAL if it is no number
     */
    static int toIntStrictly(String text) {
        Scan number = new Scan(text, 0);
        if (number.digits == 0 || number.end != text.length()) {
            throw StoreRefusal.EINVAL;
        }
        return (int) number.value;
    }

    /** One scan of {@code strtol}. */
    private static final class Scan {
        final long value;
        final int end;
        final int digits;

        Scan(String text, int requestedBase) {
            int at = 0;
            while (at < text.length() && isSpace(text.charAt(at))) {
                at++;
            }
            boolean negative = at < text.length() && text.charAt(at) == '-';
            if (at < text.length() && (text.charAt(at) == '-' || text.charAt(at) == '+')) {
                at++;
            }
            int base = requestedBase;
            if (base == 0) {
                base = at < text.length() && text.charAt(at) == '0' ? 8 : 10;
                if (base == 8
                        && at + 2 < text.length()
                        && (text.charAt(at + 1) | 0x20) == 'x'
                        && digit(text.charAt(at + 2), 16) >= 0) {
                    base = 16;
                    at += 2;
                }
            }
            int first = at;
            long sum = 0;
            boolean overflow = false;
            for (int digit;
                    at < text.length() && (digit = digit(text.charAt(at), base)) >= 0;
                    at++) {
                overflow |= sum > (Long.MAX_VALUE - digit) / base;
                sum = sum * base + digit;
            }
            long magnitude = negative ? -sum : sum;
            value = overflow ? (negative ? Long.MIN_VALUE : Long.MAX_VALUE) : magnitude;
            end = at;
            digits = at - first;
        }

        private static int digit(char c, int base) {
            return c < 128 ? Character.digit(c, base) : -1;
        }

        private static boolean isSpace(char c) {
            return c == ' ' || (c >= '\t' && c <= '\r');
        }
    }
}
