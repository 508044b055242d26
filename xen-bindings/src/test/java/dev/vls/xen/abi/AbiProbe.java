package dev.vls.xen.abi;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Asks the C compiler: writes a C program that prints the value of each expression, compiles it
 * against the installed Xen headers and runs it. The dialect is the oldest, in which the headers
 * declare arrays of variable length with no element, so that their size is 0 instead of an error.
 */
final class AbiProbe {
    private static final String STANDARD =
            """
            #define __XEN_TOOLS__ 1
            #include <stddef.h>
            #include <stdint.h>
            #include <stdio.h>
            #include <string.h>
            #define ARRAY_LENGTH(type, member) \\
                (sizeof(((type *)0)->member) / sizeof(((type *)0)->member[0]))
            """;

    private final Path directory;

    AbiProbe(Path directory) {
        this.directory = directory;
    }

    /** Whether gcc for x86-64 and the headers are there, tried by compiling one of them. */
    boolean isAvailable() throws IOException, InterruptedException {
        try {
            Map<String, Long> values = values(includes(List.of("xen.h")), List.of("sizeof(long)"));
            return Long.valueOf(8).equals(values.get("sizeof(long)"))
                    && compilerTarget().startsWith("x86_64");
        } catch (CommandFailed absent) {
            return false;
        }
    }

    /** Declarations of installed public headers; the core one comes first, others rely on it. */
    static String includes(Collection<String> headers) {
        StringBuilder text = new StringBuilder("#include <xen/xen.h>\n");
        for (String header : headers) {
            text.append("#include <xen/").append(header).append(">\n");
        }
        return text.toString();
    }

    /**
     * Values of C expressions, in the order asked for.
     *
     * @param declarations C text that precedes {@code main}
     */
    Map<String, Long> values(String declarations, Collection<String> expressions)
            throws IOException, InterruptedException {
        StringBuilder program = new StringBuilder(STANDARD).append(declarations);
        program.append("int main(void) {\n");
        for (String expression : expressions) {
            program.append("    printf(\"%lld\\n\", (long long)(").append(expression);
            program.append("));\n");
        }
        program.append("    return 0;\n}\n");
        Path source = Files.writeString(directory.resolve("abi.c"), program.toString());
        Path binary = directory.resolve("abi");
        run(List.of("gcc", "-std=gnu89", "-w", "-O0", "-o", binary.toString(), source.toString()));
        List<String> lines = run(List.of(binary.toString()));
        Map<String, Long> values = new LinkedHashMap<>();
        int line = 0;
        for (String expression : expressions) {
            values.put(expression, Long.parseLong(lines.get(line++)));
        }
        return values;
    }

    /** First line of {@code gcc --version}. */
    String compilerVersion() throws IOException, InterruptedException {
        return run(List.of("gcc", "--version")).getFirst();
    }

    private String compilerTarget() throws IOException, InterruptedException {
        return run(List.of("gcc", "-dumpmachine")).getFirst();
    }

    /** Version of the Debian package with the headers, empty where dpkg does not know it. */
    Optional<String> headerPackageVersion() throws IOException, InterruptedException {
        try {
            return Optional.of(
                    run(List.of("dpkg-query", "-W", "-f=${Version}\\n", "libxen-dev")).getFirst());
        } catch (CommandFailed unknown) {
            return Optional.empty();
        }
    }

    private List<String> run(List<String> command) throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        Process process;
        try {
            process =
                    new ProcessBuilder(new ArrayList<>(command))
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile())
                            .start();
        } catch (IOException absent) {
            throw new CommandFailed(command.getFirst() + " cannot be started", absent);
        }
        int status = process.waitFor();
        List<String> lines = Files.readAllLines(output, StandardCharsets.UTF_8);
        if (status != 0) {
            throw new CommandFailed(
                    String.join(" ", command) + ":\n" + String.join("\n", lines), null);
        }
        return lines;
    }

    /** A command is missing or failed. */
    static final class CommandFailed extends RuntimeException {
        CommandFailed(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
