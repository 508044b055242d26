package dev.vls.xen.abi;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.TreeMap;

/**
 * The checked-in table of what the C compiler said. Lines that start with {@code #} tell where it
 * comes from; each other line is a constant's name, its C expression, its value and, for an offset,
 * the bytes of the member, separated by tabs, sorted by name.
 */
final class GoldenFile {
    private static final String NO_MEMBER = "-";

    /**
     * A row.
     *
     * @param expression what was asked
     * @param value what the compiler answered, in 64 bits
     * @param memberBytes bytes of the member whose offset the value is
     */
    record Row(String expression, long value, OptionalLong memberBytes) {}

    private GoldenFile() {}

    static SequencedMap<String, Row> read(String resource) throws IOException {
        try (InputStream in = GoldenFile.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) {
                throw new AssertionError(resource + " is missing from the test resources");
            }
            return parse(
                    resource,
                    new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList());
        }
    }

    private static SequencedMap<String, Row> parse(String resource, List<String> lines) {
        SequencedMap<String, Row> rows = new TreeMap<>();
        for (String line : lines) {
            if (line.startsWith("#")) {
                continue;
            }
            String[] cells = line.split("\t", -1);
            if (cells.length != 4) {
                throw new AssertionError(resource + ": not four cells: " + line);
            }
            OptionalLong bytes =
                    cells[3].equals(NO_MEMBER)
                            ? OptionalLong.empty()
                            : OptionalLong.of(Long.parseLong(cells[3]));
            if (rows.put(cells[0], new Row(cells[1], Long.parseLong(cells[2]), bytes)) != null) {
                throw new AssertionError(resource + ": twice: " + cells[0]);
            }
        }
        return rows;
    }

    static void write(Path file, List<String> provenance, SequencedMap<String, Row> rows)
            throws IOException {
        StringBuilder text = new StringBuilder();
        provenance.forEach(line -> text.append("# ").append(line).append('\n'));
        rows.forEach(
                (name, row) -> {
                    OptionalLong bytes = row.memberBytes();
                    String last = bytes.isPresent() ? Long.toString(bytes.getAsLong()) : NO_MEMBER;
                    String value = Long.toString(row.value());
                    text.append(String.join("\t", name, row.expression(), value, last))
                            .append('\n');
                });
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
