package dev.vls.machine.cpu;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;

/** Code as GNU objdump disassembles it. */
final class Objdump {
    /**
     * One instruction: where, its bytes in hexadecimal, and its text as {@link #plain} leaves it.
     */
    record Line(long address, String hex, String text) {
        byte[] code() {
            return HexFormat.of().parseHex(hex);
        }
    }

    private Objdump() {}

    static boolean isThere() {
        try {
            return new ProcessBuilder("objdump", "--version")
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The instructions of an ELF file's code sections. */
    static void ofElf(Path file, Consumer<Line> lines) throws IOException {
        run(List.of("-d", file.toString()), lines);
    }

    /** The instructions of flat code at address 0. */
    static void ofFlat(Path file, Consumer<Line> lines) throws IOException {
        run(List.of("-D", "-bbinary", "-mi386:x86-64", file.toString()), lines);
    }

    private static void run(List<String> arguments, Consumer<Line> lines) throws IOException {
        List<String> command = new ArrayList<>(List.of("objdump", "--insn-width=16"));
        command.addAll(arguments);
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try (BufferedReader reader =
                new BufferedReader(
                        new InputStreamReader(
                                process.getInputStream(), StandardCharsets.ISO_8859_1))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                String[] columns = line.split("\t", -1);
                if (columns.length == 3 && columns[0].endsWith(":")) {
                    String address = columns[0].substring(0, columns[0].length() - 1).strip();
                    lines.accept(
                            new Line(
                                    Long.parseUnsignedLong(address, 16),
                                    columns[1].strip().replace(" ", ""),
                                    plain(columns[2])));
                }
            }
        }
    }

    /**
     * A line without what is a matter of taste: symbols, comments, columns, whether branch targets
     * begin with 0x, and REX prefixes that do nothing, which the disassembler does not show.
     */
    static String plain(String text) {
        return text.replaceAll("#.*|<[^>]*>", "")
                .replaceAll("\\s+", " ")
                .replaceAll("\\brex(\\.[WRXB]+)? ", "")
                .replaceAll("^((?:\\w+ )*(?:j\\w+|call|loop\\w*) )([0-9a-f]+) ?$", "$10x$2")
                .strip();
    }
}
