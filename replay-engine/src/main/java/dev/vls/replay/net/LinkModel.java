package dev.vls.replay.net;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A link for experiments: what one side sends leaves no faster than the rate, and arrives no sooner
 * than the delay. The other side's way has a model of its own.
 *
 * @param bitsPerSecond 0 for no limit; counted are the bytes given to TCP
 * @param delayNanos of one way
 */
public record LinkModel(long bitsPerSecond, long delayNanos) {
    /** The link as it is. */
    public static final LinkModel NONE = new LinkModel(0, 0);

    private static final long RATE_MIN = 8_000;
    private static final long RATE_MAX = 1_000_000_000_000L;
    private static final long DELAY_MAX = 10_000_000_000L;
    private static final Pattern WITH_UNIT = Pattern.compile("(\\d{1,12}(?:\\.\\d{1,6})?)([a-z]*)");

    private static final Map<String, Long> RATES =
            Map.of("bit", 1L, "kbit", 1_000L, "mbit", 1_000_000L, "gbit", 1_000_000_000L);

    private static final Map<String, Long> DELAYS =
            Map.of("us", 1_000L, "ms", 1_000_000L, "s", 1_000_000_000L);

    /** Whether it changes nothing. */
    public boolean isNone() {
        return bitsPerSecond == 0 && delayNanos == 0;
    }

    /**
     * Reads a rate as tc(8) writes it: {@code 1Gbit}, {@code 12.5mbit}.
     *
     * @return bits a second
     * @throws IllegalArgumentException if it is none, or not from 8 kbit to 1000 Gbit
     */
    public static long parseRate(String text) {
        return parse(text, RATES, RATE_MIN, RATE_MAX);
    }

    /**
     * Reads a time as tc(8) writes it: {@code 100us}, {@code 1.5ms}.
     *
     * @return nanoseconds
     * @throws IllegalArgumentException if it is none, or above 10 s
     */
    public static long parseDelay(String text) {
        return parse(text, DELAYS, 0, DELAY_MAX);
    }

    private static long parse(String text, Map<String, Long> units, long min, long max) {
        Matcher words = WITH_UNIT.matcher(text.toLowerCase(Locale.ROOT));
        Long unit = words.matches() ? units.get(words.group(2)) : null;
        if (unit == null) {
            throw new IllegalArgumentException(text);
        }
        BigDecimal value = new BigDecimal(words.group(1)).multiply(BigDecimal.valueOf(unit));
        if (value.compareTo(BigDecimal.valueOf(min)) < 0
                || value.compareTo(BigDecimal.valueOf(max)) > 0) {
            throw new IllegalArgumentException(text);
        }
        return value.setScale(0, RoundingMode.HALF_UP).longValueExact();
    }

    /** How long bytes take to leave. */
    long nanosFor(long bytes) {
        return bitsPerSecond == 0 ? 0 : (long) ((double) bytes * Byte.SIZE * 1e9 / bitsPerSecond);
    }

    /** Bytes that leave in a time. */
    long bytesIn(long nanos) {
        return bitsPerSecond == 0
                ? Long.MAX_VALUE
                : (long) ((double) nanos * bitsPerSecond / Byte.SIZE / 1e9);
    }
}
