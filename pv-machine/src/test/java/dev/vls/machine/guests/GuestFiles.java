package dev.vls.machine.guests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where the built guests and their golden files are, in the source tree of this module. A guest's
 * name is its path below the resources without {@code .elf}, as in {@code conformance/events}.
 */
final class GuestFiles {
    static final Path SOURCES = Path.of("src/guests");

    private static final Path BUILT = Path.of("src/main/resources/dev/vls/machine/guests");
    private static final Path GOLDEN = Path.of("src/test/resources/conformance");
    private static final String CONFORMANCE = "conformance/";

    private GuestFiles() {}

    /** The names of all built guests, sorted. */
    static List<String> names() {
        return namesBelow(BUILT, ".elf");
    }

    /** The names of all guests that real Xen's output is recorded of, sorted. */
    static List<String> recorded() {
        return names().stream().filter(name -> Files.exists(goldenFile(name))).toList();
    }

    /** Golden files, by their path without the suffix. */
    static List<String> goldenNames() {
        return namesBelow(GOLDEN, ".txt");
    }

    static Path elf(String name) {
        return BUILT.resolve(name + ".elf");
    }

    static Path goldenFile(String name) {
        return GOLDEN.resolve(goldenName(name) + ".txt");
    }

    /** {@code conformance/events} is recorded as {@code events}. */
    static String goldenName(String name) {
        return name.startsWith(CONFORMANCE) ? name.substring(CONFORMANCE.length()) : name;
    }

    /** The command line that the guest was recorded with. */
    static String commandLine(String name) {
        return name.equals("cruncher") ? "cruncher.rounds=4" : "";
    }

    static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> namesBelow(Path directory, String suffix) {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.map(file -> directory.relativize(file).toString())
                    .filter(name -> name.endsWith(suffix))
                    .map(name -> name.substring(0, name.length() - suffix.length()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
