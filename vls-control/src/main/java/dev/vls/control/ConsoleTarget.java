package dev.vls.control;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Where the guest's console goes. */
sealed interface ConsoleTarget {
    /** The terminal, or whatever standard input and output are. */
    record Stdio() implements ConsoleTarget {}

    /** Standard output; nothing is read. */
    record Output() implements ConsoleTarget {}

    /** A file that is overwritten; the guest gets no input. */
    record ToFile(String path) implements ConsoleTarget {}

    /** Nowhere; the guest gets no input. */
    record None() implements ConsoleTarget {}

    /** On the control socket alone, for {@code vls console}. */
    record Socket() implements ConsoleTarget {}

    /** Reads {@code stdio}, {@code file=F}, {@code socket}, {@code none}. */
    final class Converter implements ITypeConverter<ConsoleTarget> {
        @Override
        public ConsoleTarget convert(String value) {
            if (value.equals("stdio")) {
                return new Stdio();
            }
            if (value.equals("socket")) {
                return new Socket();
            }
            if (value.equals("none")) {
                return new None();
            }
            if (value.startsWith("file=") && value.length() > "file=".length()) {
                return new ToFile(value.substring("file=".length()));
            }
            throw new TypeConversionException(
                    "'" + value + "' is none of stdio, file=FILE, socket and none");
        }
    }
}
