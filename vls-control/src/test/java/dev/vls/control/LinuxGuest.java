package dev.vls.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Debian's kernels and ramdisks made by the scripts of {@code pv-machine/linux}. Where the scripts'
 * cache has no kernel a test is skipped: nothing is fetched.
 */
final class LinuxGuest {
    private static final int PATIENCE_SECONDS = 120;

    private LinuxGuest() {}

    static Path scripts() {
        return Path.of("..", "pv-machine", "linux").toAbsolutePath().normalize();
    }

    /**
     * The stock kernel of a flavour.
     *
     * @param flavour {@code cloud} or {@code generic}
     */
    static Path kernel(String flavour) {
        String cache = System.getenv("VLS_LINUX_CACHE");
        Path directory =
                cache == null
                        ? Path.of(System.getProperty("user.home"), ".cache", "vls", "linux")
                        : Path.of(cache);
        Path kernel = directory.resolve(flavour).resolve("vmlinuz");
        assumeTrue(
                Files.isReadable(kernel),
                () -> kernel + " is not there: run pv-machine/linux/fetch-kernels.sh");
        return kernel;
    }

    /**
     * Makes a ramdisk: {@code options} are those of {@code make-ramdisk.sh}, without {@code -o}.
     */
    static Path ramdisk(Path file, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(scripts().resolve("make-ramdisk.sh").toString());
        command.add("-o");
        command.add(file.toString());
        command.addAll(List.of(options));
        succeed(file.resolveSibling("make-ramdisk.log"), command.toArray(String[]::new));
        return file;
    }

    /** Runs a command of the host to its end, its output in {@code log}; it must succeed. */
    static void succeed(Path log, String... command) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        assertEquals(0, process.exitValue(), () -> String.join(" ", command) + "\n" + read(log));
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return file + ": " + e.getMessage();
        }
    }
}
