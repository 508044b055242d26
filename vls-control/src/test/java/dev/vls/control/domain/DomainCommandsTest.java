package dev.vls.control.domain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.control.CommandLineHarness;
import dev.vls.control.VlsProcess;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands to a guest that runs in another process. */
@Timeout(120)
class DomainCommandsTest {
    @TempDir private Path directory;

    private final String name = "commands-" + ProcessHandle.current().pid();
    private VlsProcess guest;

    @BeforeEach
    void start() throws Exception {
        guest =
                VlsProcess.start(
                        directory,
                        "run",
                        "--kernel=builtin:ledger",
                        "--memory=32M",
                        "--cmdline=quiet please",
                        "--name=" + name);
        guest.awaitOutput("ledger: ready");
        VlsProcess.awaitDomain(name);
    }

    @AfterEach
    void end() throws Exception {
        guest.close();
        guest.exitCode();
    }

    private static String out(String... arguments) {
        CommandLineHarness command = CommandLineHarness.vls(arguments);
        assertEquals("", command.err);
        assertEquals(0, command.exitCode);
        return command.out;
    }

    /** Fails with one line; answers it. */
    private static String refused(int exitCode, String... arguments) {
        CommandLineHarness command = CommandLineHarness.vls(arguments);
        assertEquals(exitCode, command.exitCode, command.err);
        assertEquals(1, command.err.lines().count(), command.err);
        assertEquals("", command.out);
        return command.err;
    }

    private String row() {
        return out("ps").lines().filter(line -> line.startsWith(name + " ")).findFirst().orElse("");
    }

    @Test
    void psShowsWhatRuns() {
        assertTrue(
                row().matches(
                                name
                                        + " +"
                                        + guest.pid()
                                        + " -b---- +32 +1 +\\d{4,} +[\\d.]+ +[\\d.]+"),
                row());
        String json = out("ps", "--json");
        assertTrue(json.contains("\"name\" : \"" + name + "\""), json);
        assertTrue(json.contains("\"kernel\" : \"builtin:ledger\""), json);
    }

    @Test
    void pausedItDoesNothingAndUnpausedAllOfIt() throws Exception {
        out("pause", name);
        assertTrue(row().contains(" --p--- "), row());
        assertTrue(refused(1, "pause", name).contains("paused"));
        guest.type("ADD 5\n");
        String before = row();
        assertEquals(instructions(before), instructions(row()));
        out("unpause", name);
        guest.awaitOutput("1 total=5");
        assertTrue(refused(1, "unpause", name).contains("not paused"));
    }

    private static String instructions(String row) {
        return List.of(row.split(" +", -1)).get(5);
    }

    @Test
    void theStoreIsThatOfTheToolstack() {
        String all = out("xenstore-ls", "-f", "-p", name);
        assertTrue(all.contains("/local/domain/1/name = \"" + name + "\"   (n0,r1)\n"), all);
        assertTrue(all.contains("/local/domain/1/memory/static-max = \"32768\"   (n0,r1)\n"), all);
        String tree = out("xenstore-ls", name, "/local/domain/1");
        assertTrue(tree.contains("memory = \"\"\n static-max = \"32768\"\n"), tree);
        String domainOnly = out("xenstore-ls", "-f", name, "/local/domain/1/");
        assertTrue(domainOnly.lines().allMatch(line -> line.startsWith("/local/domain/1/")));
        assertTrue(out("xenstore-ls", "--json", name).contains("\"path\" : \"/tool\""));
        out("xenstore-write", name, "/tool/note", "two\nlines \u00e4");
        assertEquals("two\\nlines \\xc3\\xa4\n", out("xenstore-read", name, "/tool/note"));
        out("xenstore-rm", name, "/tool/note");
        assertTrue(refused(1, "xenstore-read", name, "/tool/note").contains("no node /tool/note"));
        assertTrue(refused(2, "xenstore-write", name, "note", "x").contains("starts with /"));
    }

    @Test
    void requestsReachTheGuestThroughItsStore() {
        out("shutdown", name);
        assertEquals("poweroff\n", out("xenstore-read", name, "/local/domain/1/control/shutdown"));
        out("reboot", name);
        assertEquals("reboot\n", out("xenstore-read", name, "/local/domain/1/control/shutdown"));
        out("suspend", name);
        assertEquals("suspend\n", out("xenstore-read", name, "/local/domain/1/control/shutdown"));
        out("sysrq", name, "h");
        assertEquals("h\n", out("xenstore-read", name, "/local/domain/1/control/sysrq"));
        out("balloon", name, "16M");
        assertEquals("16384\n", out("xenstore-read", name, "/local/domain/1/memory/target"));
        out("vcpus", name, "1");
        assertEquals("online\n", out("xenstore-read", name, "/local/domain/1/cpu/0/availability"));
        // This guest does not listen.
        String waited = refused(1, "shutdown", "--wait", "--timeout=1", name);
        assertTrue(waited.contains("still running after 1 s"), waited);
        assertTrue(refused(1, "balloon", name, "1G").contains("maximum"));
        assertTrue(refused(1, "vcpus", name, "2").contains("1 vCPUs"));
        refused(2, "sysrq", name, "hh");
        refused(2, "balloon", name, "100");
        refused(2, "vcpus", name, "0");
        refused(2, "nmi", name, "-1");
        refused(1, "resume", name);
    }

    @Test
    void destroyEndsItThereAndThen() throws Exception {
        out("destroy", name);
        assertEquals(1, guest.exitCode());
        assertEquals("vls: vls destroy ended the guest\n", guest.errors());
        assertTrue(refused(5, "pause", name).contains("no guest of that name"));
        assertFalse(out("ps").contains(name + " "));
    }

    @Test
    void aCrashOnDemandIsInTheLogToo() throws Exception {
        assertEquals("", out("dmesg", name));
        out("crash", name);
        assertEquals(1, guest.exitCode());
        assertTrue(guest.errors().contains("crashed by its operator"), guest.errors());
    }

    @Test
    void oneNameIsOneGuests() {
        String second =
                refused(2, "run", "--kernel=builtin:hello", "--memory=32M", "--name=" + name);
        assertEquals(
                "vls: --name %s: a guest of that name is running: choose another name\n"
                        .formatted(name),
                second);
        refused(2, "run", "--kernel=builtin:hello", "--memory=32M", "--name=../x");
    }

    @Test
    void whatDiedIsNotListed() throws Exception {
        guest.close();
        assertEquals(137, guest.exitCode());
        assertFalse(CommandLineHarness.vls("ps").out.contains(name));
        assertFalse(out("ps").contains(name));
        assertTrue(refused(5, "console", name).contains("no guest of that name"));
    }

    @Test
    void whatDoesNotAnswerCannotBeReached() throws Exception {
        guest.signal("STOP");
        CommandLineHarness ps = CommandLineHarness.vls("ps");
        assertEquals(0, ps.exitCode);
        assertTrue(ps.err.contains("no answer in 4 s"), ps.err);
        assertTrue(ps.out.contains(name + " "), ps.out);
        guest.signal("CONT");
        assertTrue(row().contains(" -b---- "), row());
    }

    @Test
    void aPreservedGuestIsKeptUntilItIsDestroyed() throws Exception {
        String kept = "kept-" + ProcessHandle.current().pid();
        try (VlsProcess hello =
                VlsProcess.start(
                        directory,
                        "run",
                        "--kernel=builtin:hello",
                        "--memory=32M",
                        "--on-poweroff=preserve",
                        "--name=" + kept)) {
            hello.closeInput();
            hello.awaitOutput("goodbye");
            VlsProcess.awaitDomain(kept);
            String ps = out("ps");
            assertTrue(ps.lines().anyMatch(row -> row.matches(kept + " .* ---s-- .*")), ps);
            assertTrue(out("xenstore-ls", kept).contains("tool"));
            assertTrue(refused(1, "resume", kept).contains("not suspended"));
            out("destroy", kept);
            assertEquals(0, hello.exitCode(), hello.errors());
        }
    }

    @Test
    void aConsoleInAPipe() throws Exception {
        try (VlsProcess console = VlsProcess.start(directory, "console", name)) {
            console.awaitOutput("ledger: ready");
            console.type("ADD 2\n");
            console.awaitOutput("1 total=2");
            guest.awaitOutput("1 total=2");
            console.closeInput();
            guest.type("QUIT\n");
            assertEquals(0, console.exitCode());
            assertEquals(guest.output(), console.output());
        }
        assertEquals(0, guest.exitCode());
    }
}
