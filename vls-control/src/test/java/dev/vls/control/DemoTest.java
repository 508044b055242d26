package dev.vls.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The demonstration, with all of its processes. */
@Timeout(300)
final class DemoTest {
    private static final int LOOKS = 2400;

    @TempDir private Path directory;

    private VlsProcess demo() throws IOException {
        return VlsProcess.start(
                directory,
                "demo",
                "--brief",
                "--keep",
                directory.resolve("kept").toString(),
                "-o",
                directory.resolve("report.html").toString());
    }

    private static void await(VlsProcess demo, String wanted) throws Exception {
        for (int i = 0; i < LOOKS && !demo.output().contains(wanted); i++) {
            if (!ProcessHandle.of(demo.pid()).map(ProcessHandle::isAlive).orElse(false)) {
                break;
            }
            Thread.sleep(100);
        }
        String said = demo.output() + demo.errors();
        assertTrue(demo.output().contains(wanted), said);
    }

    @Test
    void allOfItGoesAsItShould() throws Exception {
        try (VlsProcess demo = demo()) {
            await(demo, "All of it went as it should");
            assertEquals(0, demo.exitCode());
            for (String line :
                    List.of(
                            "replayed by the interpreter: 2 digests compared, all equal",
                            "replayed by the translator: 2 digests compared, all equal",
                            "the follower goes on",
                            "none lost, doubled or out of order",
                            "   semi-active: ",
                            "   pre-copy: ")) {
                assertTrue(demo.output().contains(line), demo.output());
            }
        }
        String report = Files.readString(directory.resolve("report.html"));
        assertEquals(5, report.split("<svg").length - 1);
        assertTrue(report.contains("kill -9 of the leader"), report);
        assertFalse(report.contains("http"), "it is to need nothing from elsewhere");
        CommandLineHarness trace =
                CommandLineHarness.vls(
                        "trace", "check", directory.resolve("kept/run.vls").toString());
        assertEquals(0, trace.exitCode, trace.err);
    }

    @Test
    void aSignalEndsItAndItsChildren() throws Exception {
        try (VlsProcess demo = demo()) {
            await(demo, "a leader and its follower run");
            List<ProcessHandle> children =
                    ProcessHandle.of(demo.pid()).stream().flatMap(ProcessHandle::children).toList();
            assertTrue(children.size() >= 2, children.toString());
            demo.signal("INT");
            assertEquals(130, demo.exitCode());
            for (ProcessHandle child : children) {
                child.onExit().get();
            }
        }
    }
}
