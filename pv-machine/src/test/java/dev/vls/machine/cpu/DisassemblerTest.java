package dev.vls.machine.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vls.machine.cpu.InstructionRow.Map;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The text of instructions, compared with what GNU objdump prints. */
class DisassemblerTest {
    /** Where Debian and its derivatives have glibc. */
    private static final Path LIBC = Path.of("/usr/lib/x86_64-linux-gnu/libc.so.6");

    private static final int SLOT = 32;

    private final Disassembler disassembler = new Disassembler();

    /**
     * One instruction of each name and form that binutils 2.40 prints for Debian's Linux
     * 6.1.0-56-cloud-amd64, busybox 1.35 (static), libc and libm 2.36, where the machine executes
     * it.
     */
    @Test
    void printsWhatObjdumpPrintedOfRealCode() throws IOException {
        int compared = 0;
        try (BufferedReader golden =
                new BufferedReader(
                        new InputStreamReader(
                                Objects.requireNonNull(
                                        getClass().getResourceAsStream("objdump-2.40.txt")),
                                StandardCharsets.US_ASCII))) {
            for (String line = golden.readLine(); line != null; line = golden.readLine()) {
                String[] columns = line.split("\t", -1);
                long address = Long.parseUnsignedLong(columns[0], 16);
                byte[] code = HexFormat.of().parseHex(columns[1]);
                Disassembler.Line printed = disassembler.at(code, 0, address);
                assertEquals(columns[2], Objdump.plain(printed.text()), line);
                assertEquals(code.length, printed.length(), line);
                compared++;
            }
        }
        assertTrue(compared > 900, () -> "golden file is short");
    }

    @Test
    void printsEveryInstructionOfGlibcAsObjdumpDoes() throws IOException {
        assumeTrue(Objdump.isThere() && Files.exists(LIBC), "needs objdump and glibc");
        Count count = new Count();
        Objdump.ofElf(LIBC, count::add);
        count.check(300_000);
    }

    /** Rows with VEX are compared by the golden file. */
    @Test
    void printsEveryRowAsObjdumpDoes(@TempDir Path folder) throws IOException {
        assumeTrue(Objdump.isThere(), "needs objdump");
        long seed = Long.getLong("vls.seed", new SplittableRandom().nextLong());
        System.out.println("seed of the encodings: -Dvls.seed=" + seed);
        RowEncoder encoder = new RowEncoder(new SplittableRandom(seed));
        List<InstructionRow> rows =
                InstructionTable.INSTANCE.rows().stream()
                        .filter(row -> !row.map().name().startsWith("VEX"))
                        .filter(row -> !isUndocumented(row))
                        .toList();
        Path file = folder.resolve("rows.bin");
        Files.write(file, encode(encoder, rows));
        Count count = new Count();
        Objdump.ofFlat(
                file,
                line -> {
                    if (line.address() % SLOT == 0) {
                        count.add(line);
                    }
                });
        count.check(4 * rows.size());
    }

    private static byte[] encode(RowEncoder encoder, List<InstructionRow> rows) {
        byte[] code = new byte[rows.size() * 8 * SLOT];
        Arrays.fill(code, (byte) 0x90);
        int at = 0;
        for (InstructionRow row : rows) {
            for (int form = 0; form < 8; form++) {
                boolean memory = form % 2 == 1;
                if (RowEncoder.hasForm(row, memory)) {
                    byte[] instruction = encoder.encode(row, memory);
                    System.arraycopy(instruction, 0, code, at, instruction.length);
                    at += SLOT;
                }
            }
        }
        return Arrays.copyOf(code, at);
    }

    /** Encodings whose name is each disassembler's own, as x87's undocumented twins. */
    private static boolean isUndocumented(InstructionRow row) {
        boolean hint = row.map() == Map.M0F && row.opcode() >= 0x19 && row.opcode() <= 0x1D;
        return hint
                || row.syntaxes()
                        .getFirst()
                        .name()
                        .matches("f(com|comp|xch|stp)[0-9]|fneni|fndisi|fnsetpm|pclmulqdq");
    }

    /** What agreed and what did not. */
    private final class Count {
        private int instructions;
        private int notExecuted;
        private final TreeSet<String> differences = new TreeSet<>();

        void add(Objdump.Line line) {
            Disassembler.Line printed = disassembler.at(line.code(), 0, line.address());
            String text = Objdump.plain(printed.text());
            instructions++;
            if (text.equals(Disassembler.BAD)) {
                notExecuted++;
            } else if (!text.equals(line.text()) && !isCombined(line) && !isUnknown(line)) {
                differences.add(line.hex() + " " + line.text() + " | " + text);
            }
        }

        /** Objdump joins FWAIT with the instruction behind it. */
        private boolean isCombined(Objdump.Line line) {
            return line.hex().length() > 2 && line.hex().startsWith("9b");
        }

        /** Objdump goes on behind the prefixes and the opcode of what it does not know. */
        private static boolean isUnknown(Objdump.Line line) {
            return line.text().contains("(bad)") || line.text().startsWith("rex.W");
        }

        void check(int least) {
            System.out.printf(
                    "%d instructions, %d of them not executed by the machine, %d differ%n",
                    instructions, notExecuted, differences.size());
            assertTrue(instructions >= least, () -> "only " + instructions + " instructions");
            assertTrue(notExecuted < instructions / 10, () -> notExecuted + " are (bad)");
            assertTrue(differences.isEmpty(), () -> String.join("\n", differences));
        }
    }
}
