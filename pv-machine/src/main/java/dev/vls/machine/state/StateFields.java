package dev.vls.machine.state;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a part of the machine, gone through in one order by saving and by restoring: a
 * method takes a field's value and answers the value that it has from now on, its own when it is
 * saved and the saved one when it is restored. So a field that is saved cannot be forgotten where
 * it is restored: {@code count = s.int32("count", count, 0, COUNT_MAX)}.
 *
 * <p>What is restored comes from anywhere. A field whose value is used as an index, a length or an
 * address gives its range here; what is out of it is refused by name.
 */
public interface StateFields {
    /** Whether fields take the values that they had. */
    boolean restores();

    boolean flag(String name, boolean value);

    int int32(String name, int value);

    long int64(String name, long value);

    /** Arrays keep their lengths. */
    void flags(String name, boolean[] values);

    void bytes(String name, byte[] values);

    void shorts(String name, short[] values);

    void ints(String name, int[] values);

    void longs(String name, long[] values);

    /**
     * Bytes of any number.
     *
     * @param lengthMax of them
     */
    byte[] blob(String name, byte[] value, int lengthMax);

    /** A text that may be missing; {@code lengthMax} bytes of UTF-8 at most. */
    @Nullable String optionalText(String name, @Nullable String value, int lengthMax);

    /** The error that a field cannot have the value that it was given. */
    StateFormatException refusal(String name, String why);

    /** A text of {@code lengthMax} bytes of UTF-8 at most. */
    default String text(String name, String value, int lengthMax) {
        String text = optionalText(name, value, lengthMax);
        if (text == null) {
            throw refusal(name, "missing");
        }
        return text;
    }

    /** A number within bounds, both inclusive. */
    default int int32(String name, int value, int min, int max) {
        int result = int32(name, value);
        if (result < min || result > max) {
            throw refusal(name, "%d is not within %d to %d".formatted(result, min, max));
        }
        return result;
    }

    /** A number within bounds, both inclusive. */
    default long int64(String name, long value, long min, long max) {
        long result = int64(name, value);
        if (result < min || result > max) {
            throw refusal(name, "%d is not within %d to %d".formatted(result, min, max));
        }
        return result;
    }

    /** How many of something follow; as they were when saved, or are to be restored. */
    default int count(String name, int value, int max) {
        return int32(name, value, 0, max);
    }

    /** Refuses elements that are not within bounds, both inclusive. */
    default void within(String name, int[] values, int min, int max) {
        for (int value : values) {
            if (value < min || value > max) {
                throw refusal(name, "%d is not within %d to %d".formatted(value, min, max));
            }
        }
    }

    /** Refuses elements that are not within bounds, both inclusive. */
    default void within(String name, long[] values, long min, long max) {
        for (long value : values) {
            if (value < min || value > max) {
                throw refusal(name, "%d is not within %d to %d".formatted(value, min, max));
            }
        }
    }

    /** One of an enumeration's constants, by name, so that their order is no part of the format. */
    default <E extends Enum<E>> E constant(String name, E value) {
        String text = text(name, value.name(), 64);
        for (E constant : value.getDeclaringClass().getEnumConstants()) {
            if (constant.name().equals(text)) {
                return constant;
            }
        }
        throw refusal(name, "no such constant: " + text);
    }

    /**
     * Any number of elements.
     *
     * @param present those to be saved
     * @param element goes through the fields of one that is saved, or makes one that is restored
     *     out of null
     * @return those that there are from now on
     */
    default <T> List<T> list(
            String name,
            Collection<? extends T> present,
            int max,
            Function<@Nullable T, ? extends T> element) {
        int count = count(name, present.size(), max);
        List<T> result = new ArrayList<>();
        if (restores()) {
            for (int i = 0; i < count; i++) {
                result.add(element.apply(null));
            }
        } else {
            for (T one : present) {
                result.add(element.apply(one));
            }
        }
        return result;
    }
}
