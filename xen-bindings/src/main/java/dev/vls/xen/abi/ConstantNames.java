package dev.vls.xen.abi;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.HashMap;
import java.util.Map;

/**
 * Turns numbers back into the names of a class's {@code int} constants, for logs. Immutable; where
 * two constants have one value the first one declared gives the name.
 */
public final class ConstantNames {
    private final Map<Integer, String> nameByNumber;
    private final String prefixOfUnknown;

    private ConstantNames(Map<Integer, String> nameByNumber, String prefixOfUnknown) {
        this.nameByNumber = nameByNumber;
        this.prefixOfUnknown = prefixOfUnknown;
    }

    /**
     * Reads the public {@code int} constants of a class.
     *
     * @param constants a class of numbers in this module
     * @param prefixOfUnknown what precedes a number that has no name, for example {@code "errno "}
     */
    public static ConstantNames of(Class<?> constants, String prefixOfUnknown) {
        Map<Integer, String> nameByNumber = new HashMap<>();
        for (Field field : constants.getFields()) {
            if (Modifier.isStatic(field.getModifiers()) && field.getType() == int.class) {
                nameByNumber.putIfAbsent(valueOf(field), field.getName());
            }
        }
        return new ConstantNames(Map.copyOf(nameByNumber), prefixOfUnknown);
    }

    private static int valueOf(Field field) {
        try {
            return field.getInt(null);
        } catch (IllegalAccessException impossible) {
            throw new LinkageError("a public constant cannot be read: " + field, impossible);
        }
    }

    /** The constant's name, or the prefix and the number in decimal. */
    public String name(int number) {
        String name = nameByNumber.get(number);
        return name != null ? name : prefixOfUnknown + number;
    }
}
