package dev.vls.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** More than a leader and one follower; disks; and that the run stays the same one. */
@Timeout(300)
final class SeveralSidesTest {
    @TempDir private Path directory;

    private final List<VlsProcess> processes = new ArrayList<>();

    @AfterEach
    void endAll() {
        processes.forEach(VlsProcess::close);
    }

    private VlsProcess start(String... arguments) throws IOException {
        return kept(VlsProcess.start(directory, arguments));
    }

    private VlsProcess kept(VlsProcess process) {
        processes.add(process);
        return process;
    }

    private VlsProcess ledger(String name, String... more) throws IOException {
        return kept(
                PairProcesses.lead(
                        directory, name(name), PairProcesses.join(more, "--detect", "3000")));
    }

    private VlsProcess follower(String name, String address, String... more) throws IOException {
        return kept(
                PairProcesses.follow(
                        directory, name(name), address, PairProcesses.join(more, "--take-over")));
    }

    private VlsProcess receiver(String name) throws IOException {
        return kept(PairProcesses.receive(directory, name(name)));
    }

    private static String name(String role) {
        return PairProcesses.name("sides", role);
    }

    private static void move(String domain, VlsProcess receiver) throws Exception {
        CommandLineHarness moved =
                CommandLineHarness.vls("migrate", name(domain), PairProcesses.receivesAt(receiver));
        assertEquals(0, moved.exitCode, moved.err);
    }

    @Test
    void oneOfTwoFollowersGoesOnAndTheOtherFollowsIt() throws Exception {
        VlsProcess leader = ledger("a");
        VlsProcess one = follower("b", PairProcesses.addressOf(leader));
        leader.awaitErrors("may take over");
        VlsProcess other = follower("c", PairProcesses.addressOf(leader));
        for (int i = 0; i < 600 && leader.errors().split("may take over").length < 3; i++) {
            Thread.sleep(100);
        }
        LedgerClient before = LedgerClient.connect(name("a"));
        assertEquals(7, before.add(7));
        leader.signal("KILL");
        for (int i = 0; i < 600 && !(one.errors() + other.errors()).contains("(vls) leads"); i++) {
            Thread.sleep(100);
        }
        boolean firstWins = one.errors().contains("(vls) leads");
        VlsProcess winner = firstWins ? one : other;
        winner.awaitErrors("may take over");
        (firstWins ? other : one).awaitErrors("another follower has taken over: going on with");
        try (LedgerClient client = before.moveTo(name(firstWins ? "b" : "c"))) {
            assertEquals(12, client.add(5));
            before.close();
            winner.signal("KILL");
            try (LedgerClient last = client.moveTo(name(firstWins ? "c" : "b"))) {
                assertEquals(20, last.add(8));
                assertEquals(3, last.number());
                last.quit();
            }
        }
        assertEquals(0, (firstWins ? other : one).exitCode());
    }

    private void goesOnWith(String commit) throws Exception {
        VlsProcess leader = ledger("d", "--commit", commit);
        VlsProcess follower = follower("e", PairProcesses.addressOf(leader), "--commit", commit);
        leader.awaitErrors("may take over");
        LedgerClient before = LedgerClient.connect(name("d"));
        for (int i = 1; i <= 5; i++) {
            assertEquals(i * (i + 1) / 2, before.add(i));
        }
        leader.signal("KILL");
        follower.awaitErrors("(vls) leads");
        if (commit.equals("replayed")) {
            try (LedgerClient client = before.moveTo(name("e"))) {
                assertEquals(115, client.add(100));
                assertEquals(6, client.number());
                client.quit();
            }
        } else {
            CommandLineHarness ended = CommandLineHarness.vls("destroy", name("e"));
            assertEquals(0, ended.exitCode, ended.err);
        }
        before.close();
        assertEquals(commit.equals("replayed") ? 0 : 1, follower.exitCode());
    }

    @Test
    void aFollowerGoesOnWhereOutputsWaitForItsReplay() throws Exception {
        goesOnWith("replayed");
    }

    @Test
    void aFollowerGoesOnWhereOutputsWaitForNothing() throws Exception {
        goesOnWith("none");
    }

    @Test
    void aGuestIsMovedThereAndBackAgain() throws Exception {
        VlsProcess first = ledger("f");
        PairProcesses.addressOf(first);
        LedgerClient before = LedgerClient.connect(name("f"));
        assertEquals(1, before.add(1));
        VlsProcess second = receiver("g");
        move("f", second);
        assertEquals(0, first.exitCode());
        LedgerClient there = before.moveTo(name("g"));
        assertEquals(3, there.add(2));
        VlsProcess third = receiver("f");
        move("g", third);
        assertEquals(0, second.exitCode());
        third.awaitErrors("takes over as leader of epoch 3");
        try (LedgerClient back = there.moveTo(name("f"))) {
            assertEquals(6, back.add(3));
            assertEquals(3, back.number());
            back.quit();
        }
        before.close();
        there.close();
        assertEquals(0, third.exitCode());
    }

    @Test
    void aGuestThatNobodyLeadsIsMovedAndGoesOnAlsoIfItCannotBe() throws Exception {
        VlsProcess runs =
                start(
                        "run",
                        "--kernel",
                        "builtin:ledger",
                        "--memory",
                        "16M",
                        "--console",
                        "socket",
                        "--name",
                        name("m"));
        try (LedgerClient before = LedgerClient.connect(name("m"))) {
            assertEquals(4, before.add(4));
            CommandLineHarness nobody = CommandLineHarness.vls("migrate", name("m"), "127.0.0.1:1");
            assertEquals(ExitCode.UNREACHABLE, nobody.exitCode, nobody.err);
            assertEquals(6, before.add(2));
            CommandLineHarness abroad =
                    CommandLineHarness.vls("migrate", name("m"), "192.0.2.1:7000", "--plain");
            assertEquals(ExitCode.USAGE, abroad.exitCode, abroad.err);
            VlsProcess target = receiver("n");
            move("m", target);
            assertEquals(0, runs.exitCode(), runs.errors());
            try (LedgerClient client = before.moveTo(name("n"))) {
                assertEquals(9, client.add(3));
                assertEquals(3, client.number());
                client.quit();
            }
            assertEquals(0, target.exitCode(), target.errors());
        }
    }

    private String image(String name, long bytes) throws IOException {
        Path file = directory.resolve(name);
        try (RandomAccessFile image = new RandomAccessFile(file.toFile(), "rw")) {
            image.setLength(bytes);
        }
        return file.toString();
    }

    private void isRefused(int code, String why, String address, String... disks) throws Exception {
        VlsProcess follower = follower("i", address, disks);
        assertEquals(code, follower.exitCode(), follower.errors());
        String said = follower.errors();
        assertEquals(1, said.lines().filter(line -> line.startsWith("vls:")).count(), said);
        assertTrue(said.contains(why), said);
    }

    @Test
    void anotherDiskIsRefusedAndTheGuestGoesOn() throws Exception {
        VlsProcess leader = ledger("h", "--disk", image("led", 1 << 20));
        String address = PairProcesses.addressOf(leader);
        isRefused(
                3,
                "has 1024 sectors, the guest's 2048",
                address,
                "--disk",
                image("small", 1 << 19));
        isRefused(3, "the guest has 1 disks", address);
        isRefused(3, "nothing", address, "--disk", directory.resolve("nothing").toString());
        isRefused(3, "in use", address, "--disk", directory.resolve("led").toString());
        try (LedgerClient client = LedgerClient.connect(name("h"))) {
            assertEquals(9, client.add(9));
            client.quit();
        }
        assertEquals(0, leader.exitCode());
    }

    private String[] cruncher(String command, String... more) {
        return PairProcesses.join(
                more,
                command,
                "--kernel",
                "builtin:cruncher",
                "--memory",
                "16M",
                "--clock",
                "virtual",
                "--cmdline",
                "cruncher.rounds=200",
                "--console",
                "none");
    }

    /** With virtual time, and nothing from outside, a run is always the same. */
    @Test
    void aRunThatIsTakenOverAndOneThatIsMovedEndAsOneThatWasNot() throws Exception {
        String never = directory.resolve("never.json").toString();
        assertEquals(0, CommandLineHarness.vls(cruncher("run", "--stats", never)).exitCode);
        String[] lead =
                cruncher(
                        "lead",
                        "--listen",
                        PairProcesses.ANY_PORT,
                        "--detect",
                        "3000",
                        "--name",
                        name("j"));

        VlsProcess leader = start(lead);
        String takenOver = directory.resolve("takenOver.json").toString();
        VlsProcess follower = follower("k", PairProcesses.addressOf(leader), "--stats", takenOver);
        leader.awaitErrors("may take over");
        leader.signal("KILL");
        assertEquals(0, follower.exitCode());
        assertSame(never, takenOver);

        VlsProcess source = start(lead);
        PairProcesses.addressOf(source);
        String moved = directory.resolve("moved.json").toString();
        VlsProcess target =
                start(
                        "receive",
                        "--listen",
                        PairProcesses.ANY_PORT,
                        "--console",
                        "none",
                        "--name",
                        name("l"),
                        "--stats",
                        moved);
        move("j", target);
        assertEquals(0, target.exitCode());
        assertSame(never, moved);
    }

    private static void assertSame(String expected, String actual) throws IOException {
        for (String key : List.of("instructions", "digest", "exit")) {
            assertEquals(
                    Statistics.read(Path.of(expected)).get(key),
                    Statistics.read(Path.of(actual)).get(key),
                    key);
        }
    }
}
