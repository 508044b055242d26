package dev.vls.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command in a process of its own: standard streams, exit codes, signals. */
@Timeout(120)
class VlsProcessTest {
    @TempDir private Path directory;

    private VlsProcess run(String kernel, String... more) throws Exception {
        String[] arguments = new String[3 + more.length];
        arguments[0] = "run";
        arguments[1] = "--kernel=" + kernel;
        arguments[2] = "--memory=32M";
        System.arraycopy(more, 0, arguments, 3, more.length);
        return VlsProcess.start(directory, arguments);
    }

    @Test
    void theGuestsConsoleIsStandardOutput() throws Exception {
        try (VlsProcess run = run("builtin:hello")) {
            assertEquals(0, run.exitCode(), run.errors());
            assertTrue(run.output().startsWith("hello from a paravirtual guest\n"), run.output());
            assertEquals("", run.errors());
        }
    }

    @Test
    void standardInputIsTheGuestsConsole() throws Exception {
        try (VlsProcess run = run("builtin:ledger")) {
            run.type("ADD 5\nADD 37\nGET\nQUIT\n");
            run.closeInput();
            assertEquals(0, run.exitCode(), run.errors());
            assertTrue(run.output().contains("3 total=42 "), run.output());
        }
    }

    @Test
    void nothingTypedIsLostHoweverMuch() throws Exception {
        int lines = 40_000;
        try (VlsProcess run = run("builtin:ledger")) {
            run.type("ADD 1\n".repeat(lines) + "QUIT\n");
            run.closeInput();
            assertEquals(0, run.exitCode(), run.errors());
            assertTrue(run.output().contains(lines + " total=" + lines + " "), run.errors());
            assertEquals(lines + 2, run.output().lines().count());
        }
    }

    @Test
    void theGuestWaitsForASlowReader() throws Exception {
        int lines = 40_000;
        String name = "slow-" + ProcessHandle.current().pid();
        try (VlsProcess run =
                VlsProcess.startPiped(
                        directory,
                        "run",
                        "--kernel=builtin:ledger",
                        "--memory=32M",
                        "--name",
                        name)) {
            VlsProcess.awaitDomain(name);
            Thread typist = Thread.ofVirtual().start(() -> typeAll(run, lines));
            // The machine does not get to answering: it holds the ring back.
            while (!CommandLineHarness.vls("ps", "--json").out.contains("\"busy\" : true")) {
                assertTrue(typist.isAlive(), "all was typed, so nothing was held back");
            }
            String all = new String(run.pipe().readAllBytes(), StandardCharsets.US_ASCII);
            assertEquals(0, run.exitCode(), run.errors());
            assertEquals(lines + 2, all.lines().count());
            assertTrue(all.contains("\n" + lines + " total=" + lines + " "));
        }
    }

    private static void typeAll(VlsProcess run, int lines) {
        try {
            run.type("ADD 1\n".repeat(lines) + "QUIT\n");
        } catch (IOException ended) {
            // The run was ended before it had all; the test says whether it should have been.
            return;
        }
    }

    @Test
    void aReaderThatLeavesEndsTheRun() throws Exception {
        try (VlsProcess run =
                VlsProcess.startPiped(
                        directory, "run", "--kernel=builtin:ledger", "--memory=32M")) {
            run.pipe().read();
            run.pipe().close();
            run.type("ADD 1\nADD 1\nADD 1\n");
            assertEquals(1, run.exitCode(), run.errors());
            assertTrue(run.errors().startsWith("vls: console: cannot be written ("), run.errors());
            assertEquals(1, run.errors().lines().count(), run.errors());
        }
    }

    @Test
    void anInterruptEndsARunThatWaitsForAReader() throws Exception {
        String name = "held-" + ProcessHandle.current().pid();
        try (VlsProcess run =
                VlsProcess.startPiped(
                        directory,
                        "run",
                        "--kernel=builtin:ledger",
                        "--memory=32M",
                        "--name",
                        name)) {
            VlsProcess.awaitDomain(name);
            Thread.ofVirtual().start(() -> typeAll(run, 40_000));
            while (!CommandLineHarness.vls("ps", "--json").out.contains("\"busy\" : true")) {
                Thread.sleep(10);
            }
            run.signal("TERM");
            assertEquals(143, run.exitCode(), run.errors());
        }
    }

    @Test
    void aCrashIsReportedOnStandardErrorWithExitCode1() throws Exception {
        try (VlsProcess run = run("builtin:crash/xen-stack")) {
            assertEquals(1, run.exitCode(), run.errors());
            assertTrue(run.errors().contains("RIP:"), run.errors());
            assertTrue(run.errors().contains("vls: the guest crashed"), run.errors());
        }
    }

    @Test
    void anInterruptEndsTheRunAndWritesStatistics() throws Exception {
        Path stats = directory.resolve("stats");
        try (VlsProcess run = run("builtin:diabolical", "--stats=" + stats)) {
            run.awaitOutput("diabolical");
            run.signal("INT");
            assertEquals(130, run.exitCode(), run.errors());
            assertTrue(Files.readString(stats).contains("\"exit\" : \"interrupted\""));
            assertEquals("", run.errors());
        }
    }
}
