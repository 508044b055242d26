package dev.vls.machine.cpu;

import dev.vls.machine.cpu.InstructionRow.Map;
import dev.vls.machine.cpu.InstructionRow.Mod;
import dev.vls.machine.cpu.InstructionRow.ModRm;
import dev.vls.machine.cpu.InstructionRow.Prefix;
import dev.vls.machine.cpu.InstructionRow.Rexw;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/** All instructions, read from the {@code *.tbl} resources beside this class. */
public final class InstructionTable {
    private static final List<String> FILES =
            List.of("integer.tbl", "system.tbl", "simd.tbl", "packed.tbl", "x87.tbl", "sse.tbl");

    public static final InstructionTable INSTANCE = new InstructionTable();

    private final List<InstructionRow> rows = new ArrayList<>();
    private final EnumMap<Map, InstructionRow[][]> byOpcode = new EnumMap<>(Map.class);

    private InstructionTable() {
        for (String file : FILES) {
            load(file);
        }
        index();
    }

    /** All rows, in the order of the files. */
    public List<InstructionRow> rows() {
        return Collections.unmodifiableList(rows);
    }

    /** Rows for an opcode, the most specific first; empty if there is none. */
    InstructionRow[] candidates(Map map, int opcode) {
        return opcodes(map)[opcode];
    }

    private InstructionRow[][] opcodes(Map map) {
        return Objects.requireNonNull(byOpcode.get(map));
    }

    private void load(String file) {
        InputStream stream = InstructionTable.class.getResourceAsStream(file);
        if (stream == null) {
            throw new IllegalStateException("no instruction table " + file);
        }
        String kernels = "";
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(stream, StandardCharsets.US_ASCII))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.startsWith("@kernels ")) {
                    kernels = line.substring("@kernels ".length()).strip();
                } else if (!line.isBlank() && !line.startsWith("#")) {
                    rows.add(parse(line, kernels));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void index() {
        for (Map map : Map.values()) {
            InstructionRow[][] opcodes = new InstructionRow[256][];
            Arrays.fill(opcodes, new InstructionRow[0]);
            byOpcode.put(map, opcodes);
        }
        List<InstructionRow> sorted = new ArrayList<>(rows);
        sorted.sort(Comparator.comparingInt(InstructionTable::generality));
        for (InstructionRow row : sorted) {
            InstructionRow[][] map = opcodes(row.map());
            for (int opcode = row.opcode(); opcode < row.opcode() + row.opcodes(); opcode++) {
                InstructionRow[] longer = Arrays.copyOf(map[opcode], map[opcode].length + 1);
                longer[longer.length - 1] = row;
                map[opcode] = longer;
            }
        }
    }

    private static int generality(InstructionRow row) {
        int general = 0;
        if (row.prefix() == Prefix.ANY) {
            general += 16;
        }
        if (row.form() != ModRm.EXACT) {
            general += 8;
        }
        if (row.form() != ModRm.DIGIT) {
            general += 4;
        }
        if (row.mod() == Mod.ANY) {
            general += 2;
        }
        if (row.rexw() == Rexw.ANY) {
            general += 1;
        }
        return general;
    }

    /**
     * Columns stand two or more blanks apart: encoding, operands, kernel, flags, attributes,
     * assembly.
     */
    private static InstructionRow parse(String line, String kernels) {
        String[] columns = line.strip().split(" {2,}", -1);
        if (columns.length < 3) {
            throw new IllegalArgumentException("instruction table: " + line);
        }
        List<Operand> operands = new ArrayList<>();
        if (!columns[1].equals("-")) {
            for (String operand : columns[1].split(",", -1)) {
                operands.add(Operand.parse(operand));
            }
        }
        String flags = columns.length > 3 && !columns[3].equals("-") ? columns[3] : "";
        Set<String> attributes = new TreeSet<>();
        if (columns.length > 4 && !columns[4].equals("-")) {
            attributes.addAll(Arrays.asList(columns[4].split(" ", -1)));
        }
        String assembly =
                columns.length > 5 ? columns[5] : columns[2].substring(columns[2].indexOf('.') + 1);
        return new EncodingParser(columns[0])
                .row(
                        line.strip(),
                        operands,
                        kernels,
                        columns[2],
                        flags,
                        attributes,
                        AssemblySyntax.parseAll(assembly, operands));
    }

    /** Parses the first column, such as {@code 66 0F 6F /r mem} or {@code 50+r}. */
    private static final class EncodingParser {
        private Map map = Map.ONE_BYTE;
        private Prefix prefix = Prefix.ANY;
        private int opcode = -1;
        private int opcodes = 1;
        private ModRm form = ModRm.ABSENT;
        private int modrm;
        private Mod mod = Mod.ANY;
        private Rexw rexw = Rexw.ANY;
        private boolean noRexB;

        EncodingParser(String text) {
            for (String token : text.split(" ", -1)) {
                accept(token);
            }
            if (opcode < 0) {
                throw new IllegalArgumentException("no opcode in " + text);
            }
        }

        private void accept(String token) {
            switch (token) {
                case "NP" -> prefix = Prefix.NONE;
                case "VEX.0F" -> map = Map.VEX_0F;
                case "VEX.0F38" -> map = Map.VEX_0F38;
                case "VEX.0F3A" -> map = Map.VEX_0F3A;
                case "/r" -> form = ModRm.PRESENT;
                case "mem" -> mod = Mod.MEMORY;
                case "reg" -> mod = Mod.REGISTER;
                case "W0" -> rexw = Rexw.W0;
                case "W1" -> rexw = Rexw.W1;
                case "noB" -> noRexB = true;
                default -> acceptByte(token);
            }
        }

        private void acceptByte(String token) {
            if (token.startsWith("/=")) {
                form = ModRm.EXACT;
                modrm = Integer.parseInt(token.substring(2), 16);
            } else if (token.startsWith("/")) {
                form = ModRm.DIGIT;
                modrm = Integer.parseInt(token.substring(1));
            } else if (token.endsWith("+r")) {
                opcode = Integer.parseInt(token.substring(0, 2), 16);
                opcodes = 8;
            } else if (token.endsWith("+cc")) {
                opcode = Integer.parseInt(token.substring(0, 2), 16);
                opcodes = 16;
            } else if (token.equals("0F") && map == Map.ONE_BYTE) {
                map = Map.M0F;
            } else if (token.equals("38") && map == Map.M0F && opcode < 0) {
                map = Map.M0F38;
            } else if (token.equals("3A") && map == Map.M0F && opcode < 0) {
                map = Map.M0F3A;
            } else if (token.startsWith("p")) {
                prefix = Prefix.valueOf("P" + token.substring(1));
            } else {
                opcode = Integer.parseInt(token, 16);
            }
        }

        InstructionRow row(
                String line,
                List<Operand> operands,
                String kernels,
                String kernel,
                String flags,
                Set<String> attributes,
                List<AssemblySyntax> syntaxes) {
            return new InstructionRow(
                    line,
                    map,
                    prefix,
                    opcode,
                    opcodes,
                    form,
                    modrm,
                    mod,
                    rexw,
                    noRexB,
                    operands,
                    kernels,
                    kernel,
                    flags,
                    attributes,
                    syntaxes);
        }
    }
}
