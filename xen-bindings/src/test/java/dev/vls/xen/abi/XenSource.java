package dev.vls.xen.abi;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Reads declarations out of Xen's own headers. They cannot be included whole outside of Xen's
 * build, so the macros and structures that the constants name are taken out of them.
 *
 * @param root directory of the source tree
 */
record XenSource(Path root) {
    private static final String ENVIRONMENT =
            """
            #define __packed __attribute__((packed))
            #define _AC(value, suffix) value##suffix
            """;

    /** C text with the declarations that the classes of this origin stand for. */
    String declarations() throws IOException {
        StringBuilder text = new StringBuilder(ENVIRONMENT);
        for (Class<?> type : AbiConstants.classes(AbiConstants.Origin.XEN_SOURCE)) {
            XenNumbers numbers = type.getAnnotation(XenNumbers.class);
            if (numbers != null) {
                appendMacros(text, numbers);
            }
            XenStruct struct = type.getAnnotation(XenStruct.class);
            if (struct != null) {
                appendStruct(text, struct);
            }
        }
        return text.toString();
    }

    /** The version that the tree's makefile gives, for example {@code 4.17.5}. */
    String version() throws IOException {
        String makefile = read("xen/Makefile");
        return find(makefile, "^export XEN_VERSION\\s*=\\s*(\\d+)")
                + "."
                + find(makefile, "^export XEN_SUBVERSION\\s*=\\s*(\\d+)")
                + find(makefile, "^export XEN_EXTRAVERSION\\s*\\?=\\s*([^$\\s]*)");
    }

    private void appendMacros(StringBuilder text, XenNumbers numbers) throws IOException {
        String name = Pattern.quote(numbers.prefix()) + "\\w+";
        Pattern oneLine =
                Pattern.compile("^#define[ \t]+(" + name + ")[ \t].*$", Pattern.MULTILINE);
        for (String header : numbers.header()) {
            for (MatchResult macro : oneLine.matcher(read(header)).results().toList()) {
                text.append("#undef ").append(macro.group(1)).append('\n');
                text.append(macro.group()).append('\n');
            }
        }
    }

    private void appendStruct(StringBuilder text, XenStruct struct) throws IOException {
        String name = struct.type().substring(struct.type().indexOf(' ') + 1);
        Pattern block =
                Pattern.compile(
                        "^struct (?:__packed )?" + Pattern.quote(name) + " \\{.*?^\\};",
                        Pattern.MULTILINE | Pattern.DOTALL);
        for (String header : struct.header()) {
            block.matcher(read(header))
                    .results()
                    .forEach(found -> text.append(found.group()).append('\n'));
        }
    }

    private static String find(String text, String expression) {
        return Pattern.compile(expression, Pattern.MULTILINE)
                .matcher(text)
                .results()
                .map(match -> match.group(1))
                .findFirst()
                .orElseThrow(() -> new AssertionError("not in xen/Makefile: " + expression));
    }

    private String read(String file) throws IOException {
        return Files.readString(root.resolve(file), StandardCharsets.UTF_8);
    }
}
