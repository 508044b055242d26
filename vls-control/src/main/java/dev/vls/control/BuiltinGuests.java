package dev.vls.control;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The project's own guests, by name: {@code builtin:hello}. */
final class BuiltinGuests {
    static final String PREFIX = "builtin:";

    private static final String DIRECTORY = "/dev/vls/machine/guests";
    private static final String SUFFIX = ".elf";

    private BuiltinGuests() {}

    /**
     * The kernel file of a guest.
     *
     * @param name without the prefix
     * @throws CommandException if there is none of that name
     */
    static byte[] load(String name) {
        if (name.matches("[A-Za-z0-9_/-]+")) {
            try (InputStream stream =
                    BuiltinGuests.class.getResourceAsStream(DIRECTORY + "/" + name + SUFFIX)) {
                if (stream != null) {
                    return stream.readAllBytes();
                }
            } catch (IOException e) {
                throw new CommandException(
                        ExitCode.UNUSABLE_INPUT,
                        "kernel builtin:" + name + ": cannot be read: build the project again",
                        e);
            }
        }
        throw new CommandException(
                ExitCode.UNUSABLE_INPUT,
                "kernel builtin:%s: no such guest: use one of %s, or a test of docs/guests.md"
                        .formatted(name, String.join(", ", workloads())));
    }

    /** The guests that are no tests: those without a directory. */
    private static List<String> workloads() {
        return names().stream().filter(name -> name.indexOf('/') < 0).toList();
    }

    /** All names, sorted. */
    static List<String> names() {
        URL url = BuiltinGuests.class.getResource(DIRECTORY);
        if (url == null) {
            return List.of();
        }
        try {
            URI uri = url.toURI();
            if (uri.getScheme().equals("jar")) {
                try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of())) {
                    return names(jar.getPath(DIRECTORY));
                }
            }
            return names(Path.of(uri));
        } catch (IOException | URISyntaxException e) {
            return List.of();
        }
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.map(file -> directory.relativize(file).toString())
                    .filter(name -> name.endsWith(SUFFIX))
                    .map(name -> name.substring(0, name.length() - SUFFIX.length()))
                    .sorted()
                    .toList();
        }
    }
}
