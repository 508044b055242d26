package dev.vls.control;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number of bytes, given as such or in binary K, M, G or T: {@code 256M}. */
public record ByteSize(long bytes) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,18})([KMGT]?)(I?B)?");
    private static final String UNITS = "KMGT";

    /** Reads what the user wrote. */
    public static final class Converter implements ITypeConverter<ByteSize> {
        @Override
        public ByteSize convert(String value) {
            Matcher matcher = FORM.matcher(value.toUpperCase(Locale.ROOT));
            if (!matcher.matches()) {
                throw new TypeConversionException("'" + value + "' is no size such as 256M or 1G");
            }
            int unit = UNITS.indexOf(matcher.group(2));
            int shift = matcher.group(2).isEmpty() ? 0 : 10 * (unit + 1);
            long number = Long.parseLong(matcher.group(1));
            if (number > Long.MAX_VALUE >> shift) {
                throw new TypeConversionException("'" + value + "' is more than any host has");
            }
            return new ByteSize(number << shift);
        }
    }

    @Override
    public String toString() {
        return bytes + " bytes";
    }
}
