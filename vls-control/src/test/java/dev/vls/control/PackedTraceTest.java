package dev.vls.control;

import static dev.vls.control.CommandLineHarness.vls;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code vls record --pack}: a trace that needs no other file. */
class PackedTraceTest {
    @TempDir private Path directory;

    private CommandLineHarness record(Path kernel, Path ramdisk, String... more) {
        String[] arguments = {
            "record",
            "--kernel=" + kernel,
            "--ramdisk=" + ramdisk,
            "--memory=32M",
            "--console=none",
            "-o",
            directory.resolve("trace.vls").toString(),
            "--stats=" + directory.resolve("recorded")
        };
        String[] all = java.util.Arrays.copyOf(arguments, arguments.length + more.length);
        System.arraycopy(more, 0, all, arguments.length, more.length);
        return vls(all);
    }

    @Test
    void replayNeedsNeitherKernelNorRamdisk() throws IOException {
        Path kernel = Files.write(directory.resolve("k.elf"), BuiltinGuests.load("hello"));
        byte[] bytes = new byte[3_000_000];
        new Random(1).nextBytes(bytes);
        Path ramdisk = Files.write(directory.resolve("ramdisk"), bytes);
        CommandLineHarness recording = record(kernel, ramdisk, "--pack");
        assertEquals(0, recording.exitCode, recording.err);
        Files.delete(kernel);
        Files.delete(ramdisk);
        Path moved = Files.createDirectory(directory.resolve("elsewhere"));
        Path trace = Files.move(directory.resolve("trace.vls"), moved.resolve("trace.vls"));
        CommandLineHarness check = vls("trace", "check", trace.toString());
        assertEquals(0, check.exitCode, check.err);
        CommandLineHarness replay =
                vls(
                        "replay",
                        "--verify",
                        "--console=none",
                        "--stats=" + directory.resolve("replayed"),
                        trace.toString());
        assertEquals(0, replay.exitCode, replay.err);
        assertEquals(
                Statistics.read(directory.resolve("recorded")).get("digest"),
                Statistics.read(directory.resolve("replayed")).get("digest"));
    }

    @Test
    void withoutItTheFilesAreMissed() throws IOException {
        Path kernel = Files.write(directory.resolve("k.elf"), BuiltinGuests.load("hello"));
        Path ramdisk = Files.write(directory.resolve("ramdisk"), new byte[] {1, 2, 3});
        assertEquals(0, record(kernel, ramdisk).exitCode);
        Files.delete(kernel);
        CommandLineHarness replay = vls("replay", directory.resolve("trace.vls").toString());
        assertEquals(3, replay.exitCode);
        assertEquals(1, replay.err.lines().count(), replay.err);
        assertTrue(replay.err.contains("no such file"), replay.err);
    }
}
