package dev.vls.control;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Leaders and followers in processes of their own. */
@Timeout(180)
final class PairTest {
    @TempDir private Path directory;

    private VlsProcess lead(String name, String... more) throws IOException {
        return PairProcesses.lead(directory, name, more);
    }

    private VlsProcess follow(String name, String address, String... more) throws IOException {
        return PairProcesses.follow(directory, name, address, more);
    }

    private static String name(String role) {
        return PairProcesses.name("pair", role);
    }

    @Test
    void aLeaderKeepsATraceOfItsRun() throws Exception {
        Path trace = directory.resolve("led.vls");
        try (VlsProcess leader = lead(name("a"), "-o", trace.toString());
                VlsProcess follower = follow(name("b"), PairProcesses.addressOf(leader))) {
            leader.awaitErrors("may take over");
            try (LedgerClient client = LedgerClient.connect(name("a"))) {
                assertEquals(7, client.add(7));
                client.quit();
            }
            assertEquals(ExitCode.DONE, leader.exitCode());
            assertEquals(ExitCode.DONE, follower.exitCode());
        }
        try (VlsProcess replay =
                VlsProcess.start(directory, "replay", trace.toString(), "--verify")) {
            assertEquals(ExitCode.DONE, replay.exitCode(), replay.errors());
            assertTrue(replay.output().contains("1 total=7 "), replay.output());
        }
    }

    @Test
    void aFollowerGoesOnForALeaderThatIsKilled() throws Exception {
        try (VlsProcess leader = lead(name("a"));
                VlsProcess follower =
                        follow(name("b"), PairProcesses.addressOf(leader), "--take-over")) {
            leader.awaitErrors("may take over");
            LedgerClient before = LedgerClient.connect(name("a"));
            for (int i = 1; i <= 20; i++) {
                assertEquals(i * (i + 1) / 2, before.add(i));
            }
            leader.signal("KILL");
            try (LedgerClient client = before.moveTo(name("b"))) {
                assertEquals(210 + 1000, client.add(1000));
                assertEquals(21, client.number());
                client.quit();
            }
            before.close();
            assertEquals(0, follower.exitCode());
            assertTrue(follower.errors().contains("leader of epoch 2"), follower.errors());
            assertTrue(follower.errors().contains("is sent guest " + name("a")), follower.errors());
            assertTrue(
                    follower.errors().contains("follows the guest, of which "), follower.errors());
        }
    }

    @Test
    void aLeaderThatCannotBeReachedIsSaidInALine() throws Exception {
        try (VlsProcess follower = follow(name("c"), "127.0.0.1:1")) {
            assertEquals(ExitCode.UNREACHABLE, follower.exitCode());
            assertEquals(1, follower.errors().lines().count(), follower.errors());
            assertFalse(follower.errors().contains("Exception"), follower.errors());
        }
    }

    @Test
    void theGuestGoesOnWhenItsFollowerIsKilled() throws Exception {
        try (VlsProcess leader = lead(name("d"));
                VlsProcess follower =
                        follow(name("e"), PairProcesses.addressOf(leader), "--take-over")) {
            leader.awaitErrors("may take over");
            try (LedgerClient client = LedgerClient.connect(name("d"))) {
                assertEquals(1, client.add(1));
                follower.signal("KILL");
                for (int i = 2; i <= 20; i++) {
                    assertEquals(i * (i + 1) / 2, client.add(i));
                }
                client.quit();
            }
            assertEquals(0, leader.exitCode());
        }
    }

    /** The end of the log has a digest of the whole state, which the follower compares. */
    @Test
    void aGuestThatDirtiesAllItsMemoryIsFollowedWhilePagesAreMissing() throws Exception {
        try (VlsProcess leader =
                        VlsProcess.start(
                                directory,
                                "lead",
                                "--kernel",
                                "builtin:diabolical",
                                "--cmdline",
                                "mib=32 rounds=1500",
                                "--memory",
                                "64M",
                                "--listen",
                                "127.0.0.1:0",
                                "--console",
                                "none");
                VlsProcess follower =
                        VlsProcess.start(
                                directory,
                                "follow",
                                PairProcesses.addressOf(leader),
                                "--console",
                                "none")) {
            follower.awaitErrors("memory is complete");
            assertEquals(0, leader.exitCode(), leader.errors());
            assertEquals(0, follower.exitCode(), follower.errors());
            assertTrue(follower.errors().contains("the guest has ended"), follower.errors());
        }
    }

    private void moves(String strategy) throws Exception {
        try (VlsProcess source = lead(name("f"));
                VlsProcess target = PairProcesses.receive(directory, name("g"))) {
            PairProcesses.addressOf(source);
            String to = PairProcesses.receivesAt(target);
            LedgerClient before = LedgerClient.connect(name("f"));
            assertEquals(5, before.add(5));
            CommandLineHarness moved =
                    CommandLineHarness.vls("migrate", name("f"), to, "--strategy", strategy);
            assertEquals(0, moved.exitCode, moved.err);
            assertEquals(0, source.exitCode());
            try (LedgerClient client = before.moveTo(name("g"))) {
                assertEquals(12, client.add(7));
                client.quit();
            }
            before.close();
            assertEquals(0, target.exitCode());
        }
    }

    @Test
    void aGuestThatRunsOnIsMoved() throws Exception {
        moves("semi-active");
    }

    @Test
    void aGuestThatStandsStillIsMoved() throws Exception {
        moves("pre-copy");
    }

    @Test
    void aGuestThatStandsStillForAllOfItsMemoryIsMoved() throws Exception {
        moves("stop-and-copy");
    }

    @Test
    void aGuestThatCannotBeSentGoesOn() throws Exception {
        try (VlsProcess source = lead(name("h"))) {
            PairProcesses.addressOf(source);
            LedgerClient client = LedgerClient.connect(name("h"));
            CommandLineHarness refused =
                    CommandLineHarness.vls("migrate", name("h"), "127.0.0.1:1");
            assertEquals(ExitCode.UNREACHABLE, refused.exitCode);
            assertEquals(3, client.add(3));
            client.quit();
            assertEquals(0, source.exitCode());
            client.close();
        }
    }

    @Test
    void whatIsNoFollowerIsRefusedAndTheGuestGoesOn() throws Exception {
        try (VlsProcess leader = lead(name("i"))) {
            String address = PairProcesses.addressOf(leader);
            int port = Integer.parseInt(address.substring(address.indexOf(':') + 1));
            try (Socket garbage = new Socket(InetAddress.getLoopbackAddress(), port)) {
                garbage.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(US_ASCII));
                // The connection ends, behind a refusal.
                garbage.getInputStream().readAllBytes();
            }
            leader.awaitErrors("is refused");
            try (LedgerClient client = LedgerClient.connect(name("i"))) {
                assertEquals(4, client.add(4));
                client.quit();
            }
            assertEquals(0, leader.exitCode());
        }
    }
}
