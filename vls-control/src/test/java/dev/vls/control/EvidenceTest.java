package dev.vls.control;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A follower whose memory is not the leader's, and what is left of its replay. */
@Timeout(180)
final class EvidenceTest {
    private static final byte[] THERE = " total=".getBytes(US_ASCII);
    private static final byte[] DAMAGED = " tOtal=".getBytes(US_ASCII);
    private static final int HELLO = 1;
    private static final int PAGES = 4;

    /** The features of HELLO, behind the type, magic and versions: compression is the first bit. */
    private static final int FEATURES = 1 + 8 + 2 + 2;

    @TempDir private Path directory;

    private static void change(byte[] frame) {
        if (frame[0] == HELLO) {
            frame[FEATURES] &= ~1;
        } else if (frame[0] == PAGES) {
            damage(frame);
        }
    }

    private static void damage(byte[] frame) {
        for (int at = 0; at <= frame.length - THERE.length; at++) {
            if (Arrays.equals(frame, at, at + THERE.length, THERE, 0, THERE.length)) {
                System.arraycopy(DAMAGED, 0, frame, at, DAMAGED.length);
            }
        }
    }

    @Test
    void aFollowerThatDivergesLeavesATraceOfItsRun() throws Exception {
        String name = PairProcesses.name("evidence", "a");
        Path led = directory.resolve("led.vls");
        Path followed = directory.resolve("followed.vls");
        try (VlsProcess leader = PairProcesses.lead(directory, name, "-o", led.toString())) {
            try (FrameProxy link =
                            FrameProxy.to(PairProcesses.addressOf(leader), EvidenceTest::change);
                    LedgerClient client = LedgerClient.connect(name);
                    VlsProcess follower =
                            VlsProcess.start(
                                    directory,
                                    "follow",
                                    link.address(),
                                    "--console",
                                    "none",
                                    "-o",
                                    followed.toString())) {
                assertEquals(1, client.add(1));
                follower.awaitErrors("memory is complete");
                assertEquals(3, client.add(2));
                assertEquals(ExitCode.DIVERGENCE, follower.exitCode(), follower.errors());
                assertTrue(
                        follower.errors().contains("executed up to there is in " + followed),
                        follower.errors());
                assertTrue(follower.errors().contains("has put out differs"), follower.errors());
                leader.awaitErrors("its replay is another run");
                assertEquals(6, client.add(3));
                client.quit();
            }
            assertEquals(0, leader.exitCode(), leader.errors());
        }
        assertIsARunOfItsOwn(led, followed);
    }

    private static void assertIsARunOfItsOwn(Path led, Path followed) {
        CommandLineHarness verified =
                CommandLineHarness.vls(
                        "replay", "--verify", "--console", "none", followed.toString());
        assertEquals(0, verified.exitCode, verified.err);
        CommandLineHarness events = CommandLineHarness.vls("trace", "events", followed.toString());
        assertTrue(events.out.contains("diverged"), events.out);
        CommandLineHarness compared =
                CommandLineHarness.vls("replay", "--compare", led.toString(), followed.toString());
        assertEquals(ExitCode.DIVERGENCE, compared.exitCode, compared.err);
        // The three places of the text that were changed on their way, and nothing else.
        assertTrue(
                compared.err.lines().filter(line -> line.startsWith("  page ")).count() > 0
                        && compared.err
                                .lines()
                                .filter(line -> line.startsWith("  page "))
                                .allMatch(
                                        line -> line.endsWith("4f in the first, 6f in the second")),
                compared.err);
    }
}
