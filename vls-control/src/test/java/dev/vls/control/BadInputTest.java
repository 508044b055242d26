package dev.vls.control;

import static dev.vls.control.CommandLineHarness.vls;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that a run cannot use, or will have no joy with: one line each. */
class BadInputTest {
    private static final byte[] CPIO = "070701 and so on".getBytes(StandardCharsets.US_ASCII);

    @TempDir private Path directory;

    private String write(String name, byte[] bytes) throws IOException {
        return Files.write(directory.resolve(name), bytes).toString();
    }

    @Test
    void ramdisksThatCannotBeRead() throws IOException {
        assertRefused("no such file", directory.resolve("missing").toString());
        assertRefused("is a directory", directory.toString());
        assertRefused("an empty ramdisk", write("empty", new byte[0]));
        assertRefused("no end in sight", "/dev/zero");
    }

    private void assertRefused(String why, String ramdisk) {
        CommandLineHarness run =
                vls("run", "--console=none", "--kernel=builtin:hello", "--ramdisk", ramdisk);
        assertEquals(3, run.exitCode, run.err);
        assertEquals(1, run.err.lines().count(), run.err);
        assertTrue(run.err.contains("ramdisk " + ramdisk), run.err);
        assertTrue(run.err.contains(why), run.err);
    }

    @Test
    void ramdisksThatLinuxWillNotKnow() throws IOException {
        byte[] packed = gzip(CPIO);
        assertNull(complaint(CPIO));
        assertNull(complaint(packed));
        assertTrue(String.valueOf(complaint(new byte[] {1})).contains("neither a cpio archive"));
        byte[] changed = packed.clone();
        changed[packed.length - 6] ^= 1;
        assertTrue(String.valueOf(complaint(changed)).contains("damaged"));
        byte[] cut = Arrays.copyOf(packed, packed.length - 9);
        assertTrue(String.valueOf(complaint(cut)).contains("damaged"));
    }

    private static @Nullable String complaint(byte[] ramdisk) {
        return RamdiskCheck.complaint(MemorySegment.ofArray(ramdisk));
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream stream = new GZIPOutputStream(packed)) {
            stream.write(bytes);
        }
        return packed.toByteArray();
    }

    @Test
    void theWarningIsOneLineAndTheGuestRuns() throws IOException {
        // A kernel of its own, as the builtin guests may have any ramdisk.
        String kernel = write("kernel", BuiltinGuests.load("hello"));
        String ramdisk = write("ramdisk", new byte[5000]);
        CommandLineHarness run =
                vls(
                        "run",
                        "--console=none",
                        "--memory=32M",
                        "--kernel",
                        kernel,
                        "--ramdisk",
                        ramdisk);
        assertEquals(0, run.exitCode, run.err);
        assertEquals(1, run.err.lines().count(), run.err);
        assertTrue(run.err.contains("check the file"), run.err);
    }

    @Test
    void runsWithoutAControlSocketWhereNoneCanBeMade() throws Exception {
        // A directory of a name too long for a socket, and one that does not exist.
        Path deep = Files.createDirectories(directory.resolve("x".repeat(100)));
        for (String runtime : new String[] {deep.toString(), "/nowhere"}) {
            try (VlsProcess run =
                    VlsProcess.startIn(
                            runtime, directory, "run", "--kernel=builtin:hello", "--memory=32M")) {
                assertEquals(0, run.exitCode(), run.errors());
                assertEquals(1, run.errors().lines().count(), run.errors());
                assertTrue(run.errors().contains("no vls ps"), run.errors());
            }
            try (VlsProcess run =
                    VlsProcess.startIn(
                            runtime, directory, "run", "--kernel=builtin:hello", "--name=wanted")) {
                assertEquals(2, run.exitCode(), run.errors());
                assertEquals(1, run.errors().lines().count(), run.errors());
            }
        }
    }
}
