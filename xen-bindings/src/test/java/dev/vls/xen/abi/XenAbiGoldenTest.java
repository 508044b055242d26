package dev.vls.xen.abi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vls.xen.abi.AbiConstants.Constant;
import dev.vls.xen.abi.AbiConstants.Origin;
import dev.vls.xen.abi.GoldenFile.Row;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every public constant of the ABI has the value that the C compiler gives its C expression on Xen
 * 4.17. With {@code -Dgolden.update=true} the tables are written anew from the compiler; {@code
 * -Dxen.source=DIRECTORY} names Xen's source tree for the constants that only it declares.
 */
class XenAbiGoldenTest {
    private static final boolean UPDATE = Boolean.getBoolean("golden.update");

    @TempDir Path directory;

    @ParameterizedTest
    @EnumSource
    void everyPublicConstantHasItsRowAndItsValue(Origin origin) throws IOException {
        assumeTrue(!UPDATE, "the tables are being written");
        Map<String, Row> golden = GoldenFile.read(origin.golden);
        List<String> wrong = new ArrayList<>();
        for (Constant constant : AbiConstants.all(origin)) {
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

    @ParameterizedTest
    @EnumSource
    void noRowIsWithoutItsConstant(Origin origin) throws IOException {
        assumeTrue(!UPDATE, "the tables are being written");
        Map<String, Row> unclaimed = new TreeMap<>(GoldenFile.read(origin.golden));
        AbiConstants.all(origin).forEach(constant -> unclaimed.remove(constant.name()));
        assertTrue(unclaimed.isEmpty(), () -> "rows of no constant: " + unclaimed.keySet());
    }

    @Test
    void theTableOfPublicHeadersIsWhatTheCompilerSays() throws IOException, InterruptedException {
        AbiProbe probe = new AbiProbe(directory);
        assumeTrue(
                probe.isAvailable(),
                "no gcc for x86-64 or no Xen headers (Debian: gcc, libxen-dev):"
                        + " the constants are checked against the checked-in table alone");
        compareOrUpdate(
                Origin.PUBLIC_HEADERS,
                probe,
                AbiProbe.includes(AbiConstants.headers(Origin.PUBLIC_HEADERS)),
                "Headers: libxen-dev " + probe.headerPackageVersion().orElse("of unknown version"));
    }

    @Test
    void theTableOfXenSourceIsWhatTheCompilerSays() throws IOException, InterruptedException {
        String root = System.getProperty("xen.source", "");
        AbiProbe probe = new AbiProbe(directory);
        assumeTrue(
                !root.isEmpty() && probe.isAvailable(),
                "no gcc, or no source tree of Xen 4.17 given by -Dxen.source:"
                        + " the constants are checked against the checked-in table alone");
        XenSource source = new XenSource(Path.of(root));
        compareOrUpdate(
                Origin.XEN_SOURCE,
                probe,
                source.declarations(),
                "Headers: source of Xen " + source.version());
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

    private static void compareOrUpdate(
            Origin origin, AbiProbe probe, String declarations, String headers)
            throws IOException, InterruptedException {
        SequencedMap<String, Row> fromCompiler = ask(probe, declarations, origin);
        if (UPDATE) {
            List<String> provenance =
                    List.of(
                            "What the C compiler says about the Xen ABI of x86-64.",
                            "Read and written by XenAbiGoldenTest; not to be edited.",
                            headers,
                            "Compiler: " + probe.compilerVersion(),
                            "__XEN_TOOLS__ is defined: the newest interface version holds.",
                            "Cells: constant in dev.vls.xen.abi, C expression, value in 64 bits,",
                            "and for the offset of a member the bytes of that member.");
            Path resources = Path.of("src", "test", "resources");
            GoldenFile.write(resources.resolve(origin.golden), provenance, fromCompiler);
        } else {
            assertEquals(GoldenFile.read(origin.golden), fromCompiler);
        }
    }

    private static SequencedMap<String, Row> ask(AbiProbe probe, String declarations, Origin origin)
            throws IOException, InterruptedException {
        List<Constant> constants = AbiConstants.all(origin);
        LinkedHashSet<String> expressions = new LinkedHashSet<>();
        for (Constant constant : constants) {
            expressions.add(constant.expression());
            constant.sizeExpression().ifPresent(expressions::add);
        }
        Map<String, Long> values = probe.values(declarations, expressions);
        SequencedMap<String, Row> rows = new TreeMap<>();
        for (Constant constant : constants) {
            Optional<String> size = constant.sizeExpression();
            OptionalLong bytes =
                    size.isPresent()
                            ? OptionalLong.of(answer(values, size.get()))
                            : OptionalLong.empty();
            String expression = constant.expression();
            rows.put(constant.name(), new Row(expression, answer(values, expression), bytes));
        }
        return rows;
    }

    private static long answer(Map<String, Long> values, String expression) {
        Long value = values.get(expression);
        if (value == null) {
            throw new AssertionError("the probe left out " + expression);
        }
        return value;
    }
}
