package dev.vls.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Leader, follower and their arbiter in processes of their own, all of which are killed. */
@Timeout(240)
final class ZooKeeperPairTest {
    @TempDir private Path directory;

    private VlsProcess arbiter(String listen) throws IOException {
        return VlsProcess.start(
                directory,
                "arbiter",
                "--listen",
                listen,
                "--data",
                directory.resolve("noted").toString());
    }

    private static String name(String role) {
        return PairProcesses.name("zk", role);
    }

    @Test
    void withoutTheirArbiterThePairGoesOnAndNobodyTakesOver() throws Exception {
        VlsProcess arbiter = arbiter("127.0.0.1:0");
        String place = arbiter.wordBehind("--arbiter");
        try (VlsProcess leader = PairProcesses.lead(directory, name("a"), "--arbiter", place);
                VlsProcess follower =
                        PairProcesses.follow(
                                directory,
                                name("b"),
                                PairProcesses.addressOf(leader),
                                "--take-over")) {
            leader.awaitErrors("may take over");
            LedgerClient before = LedgerClient.connect(name("a"));
            assertEquals(1, before.add(1));
            arbiter.signal("KILL");
            assertEquals(137, arbiter.exitCode());
            assertEquals(3, before.add(2));
            leader.signal("KILL");
            follower.awaitErrors("the arbiter cannot be reached, nobody takes over");
            assertFalse(follower.errors().contains("takes over as leader"), follower.errors());

            try (VlsProcess again = arbiter(place.substring("zk://".length()))) {
                assertEquals(place, again.wordBehind("--arbiter"));
                try (LedgerClient client = before.moveTo(name("b"))) {
                    assertEquals(6, client.add(3));
                    client.quit();
                }
                before.close();
                assertEquals(0, follower.exitCode());
                assertTrue(follower.errors().contains("leader of epoch 2"), follower.errors());
                assertFalse(follower.errors().contains("zookeeper"), follower.errors());
            }
        } finally {
            arbiter.close();
        }
    }

    @Test
    void anArbiterThatIsNoneIsSaidInALine() {
        CommandLineHarness refused =
                CommandLineHarness.vls(
                        "lead",
                        "--kernel",
                        "builtin:hello",
                        "--listen",
                        "127.0.0.1:0",
                        "--arbiter",
                        "zookeeper");
        assertEquals(ExitCode.USAGE, refused.exitCode);
        assertEquals(1, refused.err.lines().count(), refused.err);
        assertTrue(refused.err.contains("zk://HOST:PORT"), refused.err);
    }
}
