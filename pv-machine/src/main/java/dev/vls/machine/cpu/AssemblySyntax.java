package dev.vls.machine.cpu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How an instruction is written in AT&amp;T syntax: the last column of the instruction table.
 * docs/instructions.md explains it.
 *
 * @param name the mnemonic, without its size suffix; {@code cc} in it stands for the condition, and
 *     {@code pred} for the predicate of an SSE comparison
 * @param suffix when a size suffix follows
 * @param indirect the operand is written behind an asterisk
 * @param operands what is written, in Intel's order
 */
record AssemblySyntax(String name, Suffix suffix, boolean indirect, List<Operand> operands) {
    enum Suffix {
        /** If there is a memory operand and no register says its size. */
        UNSIZED,
        /** If there is a memory operand. */
        MEMORY,
        ALWAYS,
        NEVER
    }

    /** Parses the column: one syntax, or three for operands of 16, 32 and 64 bits. */
    static List<AssemblySyntax> parseAll(String column, List<Operand> rowOperands) {
        String[] texts = column.split("\\|", -1);
        if (texts.length != 1 && texts.length != 3) {
            throw new IllegalArgumentException("assembly column: " + column);
        }
        List<AssemblySyntax> syntaxes = new ArrayList<>();
        for (int size = 0; size < 3; size++) {
            syntaxes.add(parse(texts[texts.length == 1 ? 0 : size], rowOperands));
        }
        return List.copyOf(syntaxes);
    }

    private static AssemblySyntax parse(String text, List<Operand> rowOperands) {
        String[] parts = text.split(" ", 2);
        if (parts.length == 2 && parts[1].startsWith("%")) {
            return new AssemblySyntax(text, Suffix.NEVER, false, List.of());
        }
        boolean indirect = parts.length == 2 && parts[1].startsWith("*");
        List<Operand> operands = rowOperands;
        if (parts.length == 2) {
            operands =
                    Arrays.stream(parts[1].substring(indirect ? 1 : 0).split(",", -1))
                            .map(Operand::parse)
                            .toList();
        }
        Suffix suffix =
                switch (parts[0].charAt(parts[0].length() - 1)) {
                    case '*' -> Suffix.ALWAYS;
                    case '~' -> Suffix.MEMORY;
                    case '!' -> Suffix.NEVER;
                    default -> Suffix.UNSIZED;
                };
        String name =
                suffix == Suffix.UNSIZED ? parts[0] : parts[0].substring(0, parts[0].length() - 1);
        return new AssemblySyntax(name, suffix, indirect, List.copyOf(operands));
    }
}
