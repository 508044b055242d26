package dev.vls.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command in a process of its own: standard streams, exit codes, signals. */
class VlsProcessTest {
    private static final int PATIENCE_SECONDS = 60;

    @TempDir private Path directory;

    @Test
    void theGuestsConsoleIsStandardOutput() throws Exception {
        Process process = start("run", "--kernel=builtin:hello", "--memory=32M");
        assertEquals(0, exitCode(process), errors());
        assertTrue(output().startsWith("hello from a paravirtual guest\n"), output());
        assertEquals("", errors());
    }

    @Test
    void standardInputIsTheGuestsConsole() throws Exception {
        Process process = start("run", "--kernel=builtin:ledger", "--memory=32M");
        try (OutputStream input = process.getOutputStream()) {
            input.write("ADD 5\nADD 37\nGET\nQUIT\n".getBytes(StandardCharsets.UTF_8));
        }
        assertEquals(0, exitCode(process), errors());
        assertTrue(output().contains("3 total=42 "), output());
    }

    @Test
    void aCrashIsReportedOnStandardErrorWithExitCode1() throws Exception {
        Process process = start("run", "--kernel=builtin:crash/xen-stack", "--memory=32M");
        assertEquals(1, exitCode(process), errors());
        assertTrue(errors().contains("RIP:"), errors());
        assertTrue(errors().contains("vls: the guest crashed"), errors());
    }

    @Test
    void anInterruptEndsTheRunAndWritesStatistics() throws Exception {
        Path stats = directory.resolve("stats");
        Process process =
                start("run", "--kernel=builtin:diabolical", "--memory=32M", "--stats=" + stats);
        awaitOutput("diabolical");
        new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
        assertEquals(130, exitCode(process), errors());
        assertTrue(Files.readString(stats).contains("\"exit\" : \"interrupted\""), errors());
        assertEquals("", errors());
    }

    private Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add("dev.vls.control.Vls");
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectOutput(directory.resolve("out").toFile())
                .redirectError(directory.resolve("err").toFile())
                .start();
    }

    private int exitCode(Process process) throws InterruptedException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("still running after " + PATIENCE_SECONDS + " seconds");
        }
        return process.exitValue();
    }

    private void awaitOutput(String wanted) throws Exception {
        for (int i = 0; i < PATIENCE_SECONDS * 20 && !output().contains(wanted); i++) {
            Thread.sleep(50);
        }
        assertTrue(output().contains(wanted), errors());
    }

    private String output() throws IOException {
        return Files.readString(directory.resolve("out"));
    }

    private String errors() throws IOException {
        return Files.readString(directory.resolve("err"));
    }
}
