package dev.vls.machine.guests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The checked-in guests are what their sources build, and each has its golden file. */
class GuestFilesTest {
    /** The same bytes are promised for this compiler only, that of Debian 12. */
    private static final String GCC = "12.2.0";

    private static String output(String... command) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(command)
                        .directory(GuestFiles.SOURCES.toFile())
                        .redirectErrorStream(true)
                        .start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = process.waitFor();
        assertEquals(0, status, String.join(" ", command) + ": " + text);
        return text.strip();
    }

    private static boolean onPath(String program) {
        String path = System.getenv().getOrDefault("PATH", "");
        return Arrays.stream(path.split(File.pathSeparator))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }

    @Test
    void theSourcesBuildTheCheckedInBytes() throws IOException, InterruptedException {
        assumeTrue(onPath("gcc") && onPath("make") && onPath("objcopy"), "no compiler here");
        assumeTrue(Files.exists(Path.of("/usr/include/xen/xen.h")), "no libxen-dev here");
        assumeTrue(output("gcc", "-dumpfullversion").equals(GCC), "another gcc");
        assertEquals("", output("make", "--no-print-directory", "-s", "check", "QUIET=1"));
    }

    @Test
    void everyConformanceAndCrashGuestHasItsGoldenFile() {
        Set<String> missing = new TreeSet<>();
        for (String name : GuestFiles.names()) {
            if (name.contains("/") && !Files.exists(GuestFiles.goldenFile(name))) {
                missing.add(name);
            }
        }
        assertEquals(Set.of(), missing);
    }

    @Test
    void everyGoldenFileHasItsGuest() {
        Set<String> orphans = new TreeSet<>(GuestFiles.goldenNames());
        orphans.removeIf(name -> name.endsWith(".xen"));
        GuestFiles.names().forEach(name -> orphans.remove(GuestFiles.goldenName(name)));
        assertEquals(Set.of(), orphans);
    }

    @Test
    void everyGoldenFileSaysHowTheDomainEnded() {
        for (String name : GuestFiles.recorded()) {
            String text = GuestFiles.text(GuestFiles.goldenFile(name));
            String end = text.substring(text.stripTrailing().lastIndexOf('\n') + 1).strip();
            String wanted =
                    name.startsWith("crash/") ? "exit: (crash|reboot|watchdog)" : "exit: poweroff";
            assertTrue(end.matches(wanted), name + ": " + end);
        }
    }
}
