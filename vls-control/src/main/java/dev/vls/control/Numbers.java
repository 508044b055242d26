package dev.vls.control;

import java.math.BigInteger;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Numbers as users write them: decimal, or hexadecimal after 0x; underscores may group digits. */
final class Numbers {
    private Numbers() {}

    /**
     * Reads a number.
     *
     * @param bits that it may have; a negative one is its two's complement
     * @throws TypeConversionException if it is none, or too large
     */
    static BigInteger parse(String text, int bits) {
        String digits = text.replace("_", "").toLowerCase(Locale.ROOT);
        boolean negative = digits.startsWith("-");
        digits = negative ? digits.substring(1) : digits;
        BigInteger value;
        try {
            value =
                    digits.startsWith("0x")
                            ? new BigInteger(digits.substring(2), 16)
                            : new BigInteger(digits);
        } catch (NumberFormatException e) {
            throw new TypeConversionException("'" + text + "' is no number such as 10 or 0xa");
        }
        BigInteger limit = BigInteger.ONE.shiftLeft(bits);
        value = negative ? limit.subtract(value) : value;
        if (value.signum() < 0 || value.compareTo(limit) >= 0) {
            throw new TypeConversionException("'" + text + "' has more than " + bits + " bits");
        }
        return value;
    }

    /** A 64-bit number, unsigned. */
    static long parseLong(String text) {
        return parse(text, 64).longValue();
    }

    /** Lets picocli read addresses. */
    static final class AddressConverter implements ITypeConverter<Long> {
        @Override
        public Long convert(String value) {
            return parseLong(value);
        }
    }

    /** Fixed width, as registers are printed. */
    static String hex(long value, int digits) {
        String text = Long.toHexString(value);
        return "0x" + "0".repeat(Math.max(0, digits - text.length())) + text;
    }
}
