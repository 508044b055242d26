package dev.vls.machine.hypervisor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A CPUID policy as text: a line for each leaf that is not all zero, with EAX, EBX, ECX and EDX in
 * hexadecimal; a leaf without subleaf answers for all subleaves; {@code #} starts a comment. What a
 * policy may report is bounded by {@code implemented.cpuid}, so no guest is told of an instruction
 * that is not there.
 */
public final class CpuidFile implements CpuidPolicy {
    private static final int ANY_SUBLEAF = -1;
    private static final int REGISTERS = 4;
    private static final String[] REGISTER_NAMES = {"EAX", "EBX", "ECX", "EDX"};
    private static final CpuidFile IMPLEMENTED =
            parse("implemented.cpuid", resource("implemented"));

    /** The policy of a domain for which the operator names none. */
    public static final CpuidFile BASELINE = read("baseline.cpuid", resource("baseline"));

    private record Row(int leaf, int subleaf, List<Integer> registers) {
        boolean answers(int wantedLeaf, int wantedSubleaf) {
            return leaf == wantedLeaf && (subleaf == ANY_SUBLEAF || subleaf == wantedSubleaf);
        }
    }

    private final List<Row> rows;

    private final String text;

    private CpuidFile(String text, List<Row> rows) {
        this.text = text;
        this.rows = List.copyOf(rows);
    }

    /** The policy as it was read. */
    public String text() {
        return text;
    }

    /**
     * Reads a policy.
     *
     * @param name of the file, for messages
     * @throws CpuidPolicyException if a line cannot be read, or asks for what the machine has not
     */
    public static CpuidFile read(String name, String text) {
        CpuidFile policy = parse(name, text);
        for (Row row : policy.rows) {
            if (row.subleaf == ANY_SUBLEAF) {
                checkImplemented(name, row, 0);
                checkImplemented(name, row, 1);
            } else {
                checkImplemented(name, row, row.subleaf);
            }
        }
        return policy;
    }

    private static CpuidFile parse(String name, String text) {
        List<Row> rows = new ArrayList<>();
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            int comment = line.indexOf('#');
            String content = (comment < 0 ? line : line.substring(0, comment)).strip();
            if (!content.isEmpty()) {
                rows.add(parseRow(name, number, content));
            }
        }
        return new CpuidFile(text, rows);
    }

    private static Row parseRow(String name, int number, String content) {
        String[] words = content.split("\\s+", -1);
        if (words.length != 1 + REGISTERS) {
            throw bad(name, number, "wants leaf[.subleaf] and four registers, has " + content);
        }
        int dot = words[0].indexOf('.');
        int leaf = hexadecimal(name, number, dot < 0 ? words[0] : words[0].substring(0, dot));
        int subleaf =
                dot < 0 ? ANY_SUBLEAF : hexadecimal(name, number, words[0].substring(dot + 1));
        List<Integer> registers = new ArrayList<>();
        for (int i = 0; i < REGISTERS; i++) {
            registers.add(hexadecimal(name, number, words[1 + i]));
        }
        return new Row(leaf, subleaf, registers);
    }

    private static int hexadecimal(String name, int number, String word) {
        try {
            return Integer.parseUnsignedInt(word, 16);
        } catch (NumberFormatException e) {
            throw bad(name, number, "\"" + word + "\" is no 32-bit hexadecimal number");
        }
    }

    private static CpuidPolicyException bad(String name, int number, String what) {
        return new CpuidPolicyException(
                "CPUID policy %s, line %d: %s: correct the line".formatted(name, number, what));
    }

    private static void checkImplemented(String name, Row row, int subleaf) {
        Row limit = IMPLEMENTED.find(row.leaf, subleaf);
        if (limit == null) {
            return;
        }
        for (int i = 0; i < REGISTERS; i++) {
            int more = row.registers.get(i) & ~limit.registers.get(i);
            if (more != 0) {
                throw new CpuidPolicyException(
                        "CPUID policy %s: leaf %08x reports %s bits %08x, which the machine does not implement: clear them"
                                .formatted(name, row.leaf, REGISTER_NAMES[i], more));
            }
        }
    }

    private @Nullable Row find(int leaf, int subleaf) {
        for (Row row : rows) {
            if (row.answers(leaf, subleaf)) {
                return row;
            }
        }
        return null;
    }

    @Override
    public void query(int leaf, int subleaf, int[] registers) {
        Row row = find(leaf, subleaf);
        if (row != null) {
            for (int i = 0; i < REGISTERS; i++) {
                registers[i] = row.registers.get(i);
            }
        }
    }

    private static String resource(String name) {
        try (InputStream stream = CpuidFile.class.getResourceAsStream(name + ".cpuid")) {
            if (stream == null) {
                throw new IllegalStateException("no resource " + name + ".cpuid");
            }
            return new String(stream.readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
