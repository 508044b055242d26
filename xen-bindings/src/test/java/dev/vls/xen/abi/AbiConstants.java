package dev.vls.xen.abi;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds every public numeric constant of the ABI packages and the C expression it stands for. */
final class AbiConstants {
    static final String PACKAGE = "dev.vls.xen.abi";

    private static final Pattern OFFSET = Pattern.compile("offsetof\\((.+), (.+)\\)");

    private AbiConstants() {}

    /** Where the C side of a constant is declared. */
    enum Origin {
        /** The public headers, which a package installs. */
        PUBLIC_HEADERS("golden/xen-abi-4.17.txt"),
        /** Headers of Xen's own, found in its source alone. */
        XEN_SOURCE("golden/xen-source-4.17.txt");

        /** Resource with the table of this origin. */
        final String golden;

        Origin(String golden) {
            this.golden = golden;
        }

        static Origin of(Class<?> type) {
            XenStruct struct = type.getAnnotation(XenStruct.class);
            XenNumbers numbers = type.getAnnotation(XenNumbers.class);
            boolean inSource =
                    struct != null
                            ? struct.inXenSource()
                            : numbers != null && numbers.inXenSource();
            return inSource ? XEN_SOURCE : PUBLIC_HEADERS;
        }
    }

    /**
     * One constant.
     *
     * @param name class and field, relative to {@link #PACKAGE}
     * @param expression what it stands for in C
     * @param value its value in Java, sign-extended
     * @param isInt whether Java holds it in 32 bits
     */
    record Constant(String name, String expression, long value, boolean isInt) {
        /** The C expression of the member's size where the constant is an offset. */
        Optional<String> sizeExpression() {
            Matcher offset = OFFSET.matcher(expression);
            return offset.matches()
                    ? Optional.of(
                            "sizeof(((%s *)0)->%s)".formatted(offset.group(1), offset.group(2)))
                    : Optional.empty();
        }

        /** Whether Java's value has the bits of the C value, in the width that Java holds. */
        boolean hasBitsOf(long inC) {
            if (!isInt) {
                return value == inC;
            }
            boolean fits = inC >= Integer.MIN_VALUE && inC <= 0xffff_ffffL;
            return fits && (int) inC == (int) value;
        }
    }

    /** The classes of one origin. */
    static List<Class<?>> classes(Origin origin) {
        return classes().stream().filter(type -> Origin.of(type) == origin).toList();
    }

    /** The classes below the ABI package that declare public numeric constants, sorted by name. */
    static List<Class<?>> classes() {
        Path root = classDirectory();
        Path start = root.resolve(PACKAGE.replace('.', '/'));
        try (Stream<Path> files = Files.walk(start)) {
            List<Class<?>> found = new ArrayList<>();
            for (Path file : files.sorted().toList()) {
                String relative = root.relativize(file).toString();
                if (relative.endsWith(".class") && !relative.endsWith("package-info.class")) {
                    String name = relative.substring(0, relative.length() - ".class".length());
                    Class<?> type = load(name.replace('/', '.').replace('\\', '.'));
                    if (!constantFields(type).isEmpty()) {
                        found.add(type);
                    }
                }
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Headers that the annotated classes name, relative to what the annotations say. */
    static SortedSet<String> headers(Origin origin) {
        SortedSet<String> headers = new TreeSet<>();
        for (Class<?> type : classes(origin)) {
            XenStruct struct = type.getAnnotation(XenStruct.class);
            XenNumbers numbers = type.getAnnotation(XenNumbers.class);
            if (struct != null) {
                headers.addAll(List.of(struct.header()));
            }
            if (numbers != null) {
                headers.addAll(List.of(numbers.header()));
            }
        }
        return headers;
    }

    /** All constants of an origin, by class and in the order of their declaration. */
    static List<Constant> all(Origin origin) {
        List<Constant> constants = new ArrayList<>();
        for (Class<?> type : classes(origin)) {
            for (Field field : constantFields(type)) {
                String name = type.getName().substring(PACKAGE.length() + 1);
                constants.add(
                        new Constant(
                                name + "." + field.getName(),
                                expression(type, field),
                                value(field),
                                field.getType() == int.class));
            }
        }
        return constants;
    }

    private static String expression(Class<?> type, Field field) {
        XenConstant constant = field.getAnnotation(XenConstant.class);
        if (constant != null) {
            return constant.value();
        }
        XenNumbers numbers = type.getAnnotation(XenNumbers.class);
        String lower = field.getName().toLowerCase(Locale.ROOT);
        if (numbers != null) {
            return numbers.prefix() + (numbers.lowerCase() ? lower : field.getName());
        }
        XenStruct struct = type.getAnnotation(XenStruct.class);
        if (struct == null) {
            throw new AssertionError(
                    type + " has constants but neither @XenStruct nor @XenNumbers");
        }
        XenMember member = field.getAnnotation(XenMember.class);
        if (member == null && field.getName().equals("SIZE")) {
            return "sizeof(" + struct.type() + ")";
        }
        return "offsetof(" + struct.type() + ", " + (member != null ? member.value() : lower) + ")";
    }

    private static List<Field> constantFields(Class<?> type) {
        List<Field> fields = new ArrayList<>();
        for (Field field : type.getDeclaredFields()) {
            int modifiers = field.getModifiers();
            if (Modifier.isPublic(modifiers)
                    && Modifier.isStatic(modifiers)
                    && Modifier.isFinal(modifiers)
                    && field.getType().isPrimitive()) {
                fields.add(field);
            }
        }
        return fields;
    }

    private static long value(Field field) {
        try {
            return field.getLong(null);
        } catch (IllegalAccessException e) {
            throw new AssertionError(field + " is not a public numeric constant", e);
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, AbiConstants.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    private static Path classDirectory() {
        try {
            return Path.of(
                    XenStruct.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }
}
