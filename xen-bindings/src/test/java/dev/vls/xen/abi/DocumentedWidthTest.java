package dev.vls.xen.abi;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.xen.abi.AbiConstants.Constant;
import dev.vls.xen.abi.AbiConstants.Origin;
import dev.vls.xen.abi.GoldenFile.Row;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The Javadoc of an offset says how many bytes the member has, and readers choose the width of
 * their access by it; so it is checked as the offset is.
 */
class DocumentedWidthTest {
    private static final Path SOURCES = Path.of("src", "main", "java", "dev", "vls", "xen", "abi");

    /** A Javadoc comment without another one inside, annotations, and the constant below them. */
    private static final Pattern DOCUMENTED_CONSTANT =
            Pattern.compile(
                    "/\\*\\*((?:(?!\\*/).)*)\\*/(?:\\s*@\\w+\\([^;{]*?\\))?"
                            + "\\s*public static final int (\\w+)",
                    Pattern.DOTALL);

    private static final Pattern WIDTH = Pattern.compile("\\{@code [^}]*\\},\\s+(\\d+) bytes?\\b");

    @ParameterizedTest
    @EnumSource
    void theJavadocOfAnOffsetStatesTheBytesOfTheMember(Origin origin) throws IOException {
        Map<String, Row> golden = GoldenFile.read(origin.golden);
        Map<String, Long> documented = documentedWidths(origin);
        List<String> wrong = new ArrayList<>();
        for (Constant constant : AbiConstants.all(origin)) {
            Row row = golden.get(constant.name());
            OptionalLong bytes = row == null ? OptionalLong.empty() : row.memberBytes();
            if (bytes.isPresent()) {
                Long stated = documented.get(constant.name());
                if (stated == null || stated != bytes.getAsLong()) {
                    wrong.add(
                            "%s: stated %s, in C %d"
                                    .formatted(constant.name(), stated, bytes.getAsLong()));
                }
            }
        }
        assertTrue(wrong.isEmpty(), () -> String.join("\n", wrong));
    }

    private static Map<String, Long> documentedWidths(Origin origin) throws IOException {
        Map<String, Long> widths = new HashMap<>();
        for (Class<?> type : AbiConstants.classes(origin)) {
            String name = type.getName().substring(AbiConstants.PACKAGE.length() + 1);
            Path file = SOURCES.resolve(name.replace('.', '/') + ".java");
            String text =
                    Files.readString(file, StandardCharsets.UTF_8).replaceAll("\n +\\*(?!/)", "\n");
            Matcher constant = DOCUMENTED_CONSTANT.matcher(text);
            while (constant.find()) {
                Matcher width = WIDTH.matcher(constant.group(1));
                if (width.find()) {
                    widths.put(name + "." + constant.group(2), Long.parseLong(width.group(1)));
                }
            }
        }
        return widths;
    }
}
