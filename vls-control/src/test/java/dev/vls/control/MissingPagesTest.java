package dev.vls.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a guest when a side is lost between its instant and the last page of it. */
@Timeout(180)
final class MissingPagesTest {
    private static final String BEHIND_INSTANT = "pages are still to come";
    private static final String COMPLETE = "memory is complete";

    @TempDir private Path directory;

    /** Pages take long over its link, and are written all the time. */
    private VlsProcess lead() throws IOException {
        return VlsProcess.start(
                directory,
                "lead",
                "--kernel",
                "builtin:diabolical",
                "--cmdline",
                "mib=8",
                "--memory",
                "24M",
                "--listen",
                PairProcesses.ANY_PORT,
                "--rate",
                "20mbit",
                "--detect",
                "3000",
                "--console",
                "none");
    }

    private VlsProcess follow(String address) throws IOException {
        return VlsProcess.start(directory, "follow", address, "--take-over", "--console", "none");
    }

    @Test
    void nobodyGoesOnForALeaderThatIsKilledBeforeAllOfMemoryIsThere() throws Exception {
        try (VlsProcess leader = lead();
                VlsProcess follower = follow(PairProcesses.addressOf(leader))) {
            follower.awaitErrors(BEHIND_INSTANT);
            leader.signal("KILL");
            assertEquals(ExitCode.UNREACHABLE, follower.exitCode(), follower.errors());
            assertFalse(follower.errors().contains(COMPLETE), follower.errors());
            assertFalse(follower.errors().contains("takes over"), follower.errors());
        }
    }

    @Test
    void theGuestGoesOnWhenItsFollowerIsKilledBeforeAllOfMemoryIsThere() throws Exception {
        try (VlsProcess leader = lead();
                VlsProcess follower = follow(PairProcesses.addressOf(leader))) {
            follower.awaitErrors(BEHIND_INSTANT);
            follower.signal("KILL");
            leader.awaitErrors("is gone");
            try (VlsProcess next = follow(PairProcesses.addressOf(leader))) {
                next.awaitErrors(COMPLETE);
                leader.awaitErrors("may take over");
            }
        }
    }

    @Test
    void bothSidesAreSaidToHaveLostEachOtherWhenTheLinkIsCutBeforeAllOfMemoryIsThere()
            throws Exception {
        try (VlsProcess leader = lead();
                FrameProxy link = FrameProxy.to(PairProcesses.addressOf(leader), frame -> {});
                VlsProcess follower = follow(link.address())) {
            follower.awaitErrors(BEHIND_INSTANT);
            link.cut();
            assertEquals(ExitCode.UNREACHABLE, follower.exitCode(), follower.errors());
            leader.awaitErrors("is gone");
            try (VlsProcess next = follow(PairProcesses.addressOf(leader))) {
                next.awaitErrors(COMPLETE);
            }
        }
    }
}
