package dev.vls.control.console;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.control.VlsProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command at a real terminal. */
@Timeout(120)
class TerminalTest {
    @TempDir private Path directory;

    private Pty pty;
    private byte @Nullable [] found;

    @BeforeEach
    void open() throws Exception {
        pty = Pty.open();
        found = pty.modes();
    }

    @AfterEach
    void close() {
        pty.close();
    }

    private VlsProcess ledger(String... more) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(more));
        arguments.addAll(0, List.of("run", "--kernel=builtin:ledger", "--memory=32M"));
        VlsProcess run = VlsProcess.startOn(pty.path(), arguments.toArray(String[]::new));
        pty.await("ledger: ready");
        return run;
    }

    @Test
    void keysGoToTheGuestAsTheyAreAndTheTerminalIsRestored() throws Exception {
        try (VlsProcess run = ledger()) {
            assertFalse(Arrays.equals(found, pty.modes()));
            // Ctrl-C ends nothing; the guest takes it for a part of a line.
            pty.type("\3\n");
            pty.type("ADD 5\nGET\n");
            pty.await("total=5");
            pty.type("QUIT\n");
            assertEquals(0, run.exitCode());
            assertArrayEquals(found, pty.modes());
            assertFalse(pty.shown().contains("ADD 5"), "echoed by whom?");
        }
    }

    @Test
    void aGuestWithoutCarriageReturnsIsReadable() throws Exception {
        try (VlsProcess run =
                VlsProcess.startOn(pty.path(), "run", "--kernel=builtin:hello", "--memory=32M")) {
            assertEquals(0, run.exitCode());
            pty.await("goodbye\r\n");
            assertTrue(pty.shown().startsWith("hello from a paravirtual guest\r\n"), pty.shown());
        }
    }

    @Test
    void escapeEndsTheRunWithALine() throws Exception {
        Path stats = directory.resolve("stats");
        try (VlsProcess run = ledger("--stats=" + stats)) {
            pty.type("ADD 7\n\35");
            assertEquals(0, run.exitCode());
            pty.await("vls: Ctrl-] ended the run");
            assertArrayEquals(found, pty.modes());
            assertTrue(Files.readString(stats).contains("\"exit\" : \"left\""));
        }
    }

    @ParameterizedTest
    @CsvSource({"INT,130", "TERM,143", "HUP,129"})
    void signalsRestoreTheTerminalAndWriteStatistics(String signal, int exitCode) throws Exception {
        Path stats = directory.resolve("stats");
        try (VlsProcess run = ledger("--stats=" + stats)) {
            run.signal(signal);
            assertEquals(exitCode, run.exitCode());
            assertArrayEquals(found, pty.modes());
            assertTrue(Files.readString(stats).contains("\"exit\" : \"interrupted\""));
        }
    }

    @Test
    void aTerminalDetachesFromAConsoleAndTheGuestRunsOn() throws Exception {
        String name = "terminal-" + ProcessHandle.current().pid();
        try (VlsProcess run =
                VlsProcess.start(
                        directory,
                        "run",
                        "--kernel=builtin:ledger",
                        "--memory=32M",
                        "--console=socket",
                        "--name=" + name)) {
            VlsProcess.awaitDomain(name);
            detachAndAttach(name);
            assertEquals(0, run.exitCode(), run.errors());
        }
    }

    private void detachAndAttach(String name) throws Exception {
        try (VlsProcess first = attach(name)) {
            pty.type("ADD 3\n");
            pty.await("1 total=3");
            pty.type("\35");
            assertEquals(0, first.exitCode());
            pty.await("detached from " + name);
            assertArrayEquals(found, pty.modes());
        }
        try (VlsProcess second = attach(name)) {
            pty.type("ADD 4\nQUIT\n");
            assertEquals(0, second.exitCode());
            pty.await("2 total=7");
            pty.await("the console of " + name + " has ended");
        }
    }

    /** What the guest wrote before is shown to who comes later. */
    private VlsProcess attach(String name) throws Exception {
        VlsProcess console = VlsProcess.startOn(pty.path(), "console", name);
        pty.await("ledger: ready");
        return console;
    }
}
