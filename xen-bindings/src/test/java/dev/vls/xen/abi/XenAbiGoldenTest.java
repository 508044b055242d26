package dev.vls.xen.abi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vls.xen.abi.AbiConstants.Constant;
import dev.vls.xen.abi.GoldenFile.Row;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every public constant of the ABI has the value that the C compiler gives its C expression on Xen
 * 4.17's headers. With {@code -Dgolden.update=true} the table is written anew from the compiler.
 */
class XenAbiGoldenTest {
    private static final List<Constant> CONSTANTS = AbiConstants.all();

    @Test
    void everyPublicConstantHasItsRowAndItsValue() throws IOException {
        Map<String, Row> golden = GoldenFile.read();
        List<String> wrong = new ArrayList<>();
        for (Constant constant : CONSTANTS) {
            Row row = golden.get(constant.name());
            if (row == null) {
                wrong.add(constant.name() + " has no row");
            } else if (!row.expression().equals(constant.expression())) {
                wrong.add(
                        constant.name()
                                + (" stands for " + constant.expression())
                                + (", its row for " + row.expression()));
            } else if (!constant.hasBitsOf(row.value())) {
                wrong.add(constant.name() + " is " + constant.value() + ", in C " + row.value());
            }
        }
        assertTrue(wrong.isEmpty(), () -> String.join("\n", wrong));
    }

    @Test
    void noRowIsWithoutItsConstant() throws IOException {
        Map<String, Row> unclaimed = new TreeMap<>(GoldenFile.read());
        CONSTANTS.forEach(constant -> unclaimed.remove(constant.name()));
        assertTrue(unclaimed.isEmpty(), () -> "rows of no constant: " + unclaimed.keySet());
    }

    @Test
    void theTableIsWhatTheCompilerSays(@TempDir Path directory)
            throws IOException, InterruptedException {
        AbiProbe probe = new AbiProbe(directory);
        boolean update = Boolean.getBoolean("golden.update");
        assumeTrue(
                update || probe.isAvailable(),
                "no gcc for x86-64 or no Xen headers (Debian: gcc, libxen-dev):"
                        + " the constants are checked against the checked-in table alone");
        SequencedMap<String, Row> fromCompiler = ask(probe);
        if (update) {
            Path file = Path.of("src", "test", "resources").resolve(GoldenFile.RESOURCE);
            GoldenFile.write(file, provenance(probe), fromCompiler);
        } else {
            assertEquals(GoldenFile.read(), fromCompiler);
        }
    }

    @Test
    void classesOfConstantsAreMarkedOnceAndCannotBeInstantiated() {
        List<Class<?>> classes = AbiConstants.classes();
        assertFalse(classes.isEmpty());
        for (Class<?> type : classes) {
            boolean struct = type.isAnnotationPresent(XenStruct.class);
            boolean numbers = type.isAnnotationPresent(XenNumbers.class);
            assertTrue(struct != numbers, () -> type + " needs one of @XenStruct, @XenNumbers");
            assertEquals(0, type.getConstructors().length, type::toString);
        }
    }

    private static SequencedMap<String, Row> ask(AbiProbe probe)
            throws IOException, InterruptedException {
        LinkedHashSet<String> expressions = new LinkedHashSet<>();
        CONSTANTS.forEach(constant -> expressions.add(constant.expression()));
        Map<String, Long> values = probe.values(AbiConstants.headers(), expressions);
        SequencedMap<String, Row> rows = new TreeMap<>();
        for (Constant constant : CONSTANTS) {
            String expression = constant.expression();
            rows.put(constant.name(), new Row(expression, values.getOrDefault(expression, 0L)));
        }
        return rows;
    }

    private static List<String> provenance(AbiProbe probe)
            throws IOException, InterruptedException {
        return List.of(
                "What the C compiler says about the Xen ABI; read and written by XenAbiGoldenTest.",
                "Headers: libxen-dev " + probe.headerPackageVersion().orElse("of unknown version"),
                "Compiler: " + probe.compilerVersion(),
                "Interface: __XEN_TOOLS__ defined, hence __XEN_LATEST_INTERFACE_VERSION__.",
                "Cells: constant in dev.vls.xen.abi, C expression, value in 64 bits.");
    }
}
