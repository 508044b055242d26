package dev.vls.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Leaders and followers in processes of their own. */
@Timeout(180)
final class PairTest {
    private static final Pattern ADDRESS = Pattern.compile("followers may come to (\\S+)");

    @TempDir private Path directory;

    private VlsProcess lead(String name, String... more) throws IOException {
        return VlsProcess.start(
                directory,
                arguments(
                        more,
                        "lead",
                        "--kernel",
                        "builtin:ledger",
                        "--memory",
                        "16M",
                        "--listen",
                        "127.0.0.1:0",
                        "--console",
                        "socket",
                        "--name",
                        name));
    }

    private VlsProcess follow(String name, String address, String... more) throws IOException {
        return VlsProcess.start(
                directory,
                arguments(more, "follow", address, "--console", "socket", "--name", name));
    }

    private static String[] arguments(String[] more, String... first) {
        String[] all = new String[first.length + more.length];
        System.arraycopy(first, 0, all, 0, first.length);
        System.arraycopy(more, 0, all, first.length, more.length);
        return all;
    }

    private static String addressOf(VlsProcess leader) throws IOException, InterruptedException {
        leader.awaitErrors("followers may come to");
        Matcher found = ADDRESS.matcher(leader.errors());
        assertTrue(found.find());
        return found.group(1);
    }

    private static String name(String role) {
        return "pair-" + role + "-" + ProcessHandle.current().pid();
    }

    @Test
    void aFollowerGoesOnForALeaderThatIsKilled() throws Exception {
        try (VlsProcess leader = lead(name("a"));
                VlsProcess follower = follow(name("b"), addressOf(leader), "--take-over")) {
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
                VlsProcess follower = follow(name("e"), addressOf(leader), "--take-over")) {
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
}
