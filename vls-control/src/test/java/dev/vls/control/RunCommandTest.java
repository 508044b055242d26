package dev.vls.control;

import static dev.vls.control.CommandLineHarness.vls;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code vls run} on the project's own guests, and on what is no guest. */
class RunCommandTest {
    @TempDir private Path directory;

    @Test
    void bootsTheSmallestGuest() throws IOException {
        Path console = directory.resolve("console");
        Path stats = directory.resolve("stats");
        CommandLineHarness run =
                vls(
                        "run",
                        "--kernel=builtin:hello",
                        "--memory=64M",
                        "--cmdline=a b=c",
                        "--console=file=" + console,
                        "--stats=" + stats);
        assertEquals("", run.err);
        assertEquals(0, run.exitCode);
        String text = Files.readString(console);
        assertTrue(text.contains("hello from a paravirtual guest\n"), text);
        assertTrue(text.contains("magic: xen-3.0-x86_64\n"), text);
        assertTrue(text.contains("command line: \"a b=c\"\n"), text);
        Map<String, String> numbers = Statistics.read(stats);
        assertEquals("poweroff", numbers.get("exit"));
        assertTrue(Long.parseLong(numbers.get("instructions")) > 1000);
        assertEquals(64, String.valueOf(numbers.get("digest")).length());
        assertTrue(numbers.containsKey("wall_seconds"));
        assertTrue(numbers.containsKey("mips"));
        assertTrue(numbers.containsKey("log_bytes"));
        assertTrue(numbers.containsKey("outputs"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"builtin:hello", "builtin:ticker", "builtin:crasher"})
    void runsOnTheVirtualClockAreTheSameToTheLastBit(String kernel) throws IOException {
        Map<String, String> first = virtualRun(kernel, "1");
        Map<String, String> second = virtualRun(kernel, "1");
        assertEquals(first.get("instructions"), second.get("instructions"));
        assertEquals(first.get("digest"), second.get("digest"));
        assertNotEquals(first.get("digest"), virtualRun(kernel, "2").get("digest"));
    }

    private Map<String, String> virtualRun(String kernel, String commandLine) throws IOException {
        Path stats = directory.resolve("stats");
        vls(
                "run",
                "--kernel",
                kernel,
                "--cmdline",
                commandLine,
                "--memory=64M",
                "--clock=virtual",
                "--console=none",
                "--max-instructions=3000000",
                "--stats=" + stats);
        return Statistics.read(stats);
    }

    @Test
    void stopsAtTheInstructionThatWasAskedFor() throws IOException {
        for (String count : new String[] {"1", "12345"}) {
            Path stats = directory.resolve("stats");
            CommandLineHarness run =
                    vls(
                            "run",
                            "--kernel=builtin:cruncher",
                            "--console=none",
                            "--max-instructions=" + count,
                            "--stats=" + stats);
            assertEquals(0, run.exitCode, run.err);
            assertEquals(count, Statistics.read(stats).get("instructions"));
            assertEquals("max-instructions", Statistics.read(stats).get("exit"));
        }
    }

    @Test
    void givesUpAfterTheTimeout() throws IOException {
        Path stats = directory.resolve("stats");
        CommandLineHarness run =
                vls(
                        "run",
                        "--kernel=builtin:diabolical",
                        "--memory=32M",
                        "--console=none",
                        "--timeout=0.5",
                        "--stats=" + stats);
        assertEquals(1, run.exitCode);
        assertTrue(run.err.contains("--timeout"), run.err);
        assertEquals("timeout", Statistics.read(stats).get("exit"));
    }

    @Test
    void listsTheGuestsThatThereAre() {
        CommandLineHarness run = vls("run", "--kernel=builtin:nothing");
        assertEquals(3, run.exitCode);
        assertEquals(1, run.err.lines().count(), run.err);
        assertTrue(run.err.contains("cruncher"), run.err);
        assertTrue(run.err.contains("hello"), run.err);
        assertEquals(3, vls("run", "--kernel=builtin:../../x").exitCode);
        assertEquals(3, vls("run", "--kernel=builtin:").exitCode);
    }

    @Test
    void refusesKernelsThatAreNone() throws IOException {
        byte[] hello = BuiltinGuests.load("hello");
        assertUnusable("no such file", "/nowhere/vmlinux");
        assertUnusable("is a directory", directory.toString());
        assertUnusable("no end in sight", "/dev/zero");
        assertUnusable("empty file", "/dev/null");
        assertUnusable(
                "neither an ELF file", write("text", "hello\n".getBytes(StandardCharsets.UTF_8)));
        assertUnusable("truncated", write("cut", Arrays.copyOf(hello, hello.length / 2)));
        assertUnusable("truncated", write("head", Arrays.copyOf(hello, 40)));
        assertUnusable("32-bit", write("narrow", changed(hello, 4, 1)));
        assertUnusable("another processor", write("arm", changed(hello, 18, 183)));
        assertUnusable("without Xen notes", ProcessHandle.current().info().command().orElseThrow());
    }

    private void assertUnusable(String why, String kernel) {
        CommandLineHarness run = vls("run", "--console=none", "--kernel", kernel);
        assertEquals(3, run.exitCode, run.err);
        assertEquals(1, run.err.lines().count(), run.err);
        assertTrue(run.err.contains(why), run.err);
        assertTrue(run.err.contains(kernel), run.err);
    }

    @Test
    void refusesWhatDoesNotFitTheMemory() throws IOException {
        CommandLineHarness small = vls("run", "--kernel=builtin:hello", "--memory=1M");
        assertEquals(3, small.exitCode);
        assertTrue(small.err.contains("use more --memory"), small.err);
        String ramdisk = write("ramdisk", new byte[40 << 20]);
        CommandLineHarness full =
                vls("run", "--kernel=builtin:hello", "--memory=32M", "--ramdisk", ramdisk);
        assertEquals(3, full.exitCode);
        assertTrue(full.err.contains("ramdisk"), full.err);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--memory=4T",
                "--memory=0",
                "--memory=5000",
                "--memory=lots",
                "--memory=99999999999T",
                "--vcpus=0",
                "--vcpus=1000",
                "--vcpus=two",
                "--clock=sun",
                "--console=printer",
                "--console=file=",
                "--console=file=/nowhere/console",
                "--timeout=0",
                "--timeout=soon",
                "--max-instructions=0",
                "--max-instructions=-1",
                "--disks=x",
                "extra"
            })
    void wrongOptionsAreOneLineAndExitCode2(String option) {
        CommandLineHarness run = vls("run", "--kernel=builtin:hello", "--console=none", option);
        assertEquals(2, run.exitCode, run.err);
        assertEquals(1, run.err.lines().count(), run.err);
        assertEquals("", run.out);
    }

    @Test
    void refusesFilesThatItCannotUse() {
        assertEquals(3, vls("run", "--kernel=builtin:hello", "--ramdisk=/nowhere/r").exitCode);
        assertEquals(
                3, vls("run", "--kernel=builtin:hello", "--cmdline", "x".repeat(2000)).exitCode);
        assertEquals(
                2,
                vls(
                                "run",
                                "--kernel=builtin:hello",
                                "--memory=16M",
                                "--console=none",
                                "--stats=/nowhere/stats")
                        .exitCode);
    }

    @Test
    void verboseAddsTheStackTrace() {
        CommandLineHarness run = vls("run", "--kernel=/dev/null", "--verbose");
        assertEquals(3, run.exitCode);
        assertTrue(run.err.contains("KernelImageException"), run.err);
        assertTrue(run.err.contains("\tat "), run.err);
    }

    private String write(String name, byte[] bytes) throws IOException {
        return Files.write(directory.resolve(name), bytes).toString();
    }

    private static byte[] changed(byte[] original, int offset, int value) {
        byte[] copy = original.clone();
        copy[offset] = (byte) value;
        return copy;
    }

    @ParameterizedTest
    @ValueSource(strings = {"missing.img", "torn.vhd", "empty.img", "."})
    void diskThatCannotBeUsedIsRefusedInOneLine(String name) throws IOException {
        Files.createFile(directory.resolve("empty.img"));
        Files.write(directory.resolve("torn.vhd"), new byte[4096]);
        CommandLineHarness run =
                vls("run", "--kernel=builtin:hello", "--disk=" + directory.resolve(name));
        assertEquals(3, run.exitCode);
        assertEquals(1, run.err.lines().count(), run.err);
        assertTrue(run.err.startsWith("vls: disk "), run.err);
    }

    @Test
    void diskInUseIsRefusedUnlessAllOnlyRead() throws IOException {
        Path image = directory.resolve("disk.img");
        Files.write(image, new byte[4096]);
        CommandLineHarness twice = runWithDisks(image.toString(), image.toString());
        assertEquals(3, twice.exitCode);
        assertTrue(twice.err.contains("is in use"), twice.err);
        assertEquals(0, runWithDisks(image + ",ro", image + ",ro").exitCode);
        assertEquals(2, runWithDisks(",ro", image.toString()).exitCode);
    }

    private static CommandLineHarness runWithDisks(String first, String second) {
        return vls(
                "run",
                "--kernel=builtin:hello",
                "--memory=64M",
                "--console=none",
                "--disk=" + first,
                "--disk=" + second);
    }
}
