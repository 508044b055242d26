package dev.vls.control;

import static dev.vls.control.CommandLineHarness.vls;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vls.trace.EventCursor;
import dev.vls.trace.TraceEvent;
import dev.vls.trace.TraceReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Recordings in processes of their own: signals, operators, a full disk. */
@Timeout(180)
class RecordProcessTest {
    private static final int PATIENCE_SECONDS = 60;

    /** The guest takes more to its first line. */
    private static final long STEPS_MIN = 10_000;

    @TempDir private Path directory;

    private Path trace() {
        return directory.resolve("trace.vls");
    }

    private VlsProcess record(String... more) throws IOException {
        String[] arguments = {
            "record",
            "--kernel=builtin:ledger",
            "--memory=32M",
            "-o",
            trace().toString(),
            "--stats=" + directory.resolve("recorded")
        };
        String[] all = Arrays.copyOf(arguments, arguments.length + more.length);
        System.arraycopy(more, 0, all, arguments.length, more.length);
        return VlsProcess.start(directory, all);
    }

    private CommandLineHarness replay() {
        return vls(
                "replay",
                trace().toString(),
                "--verify",
                "--console=none",
                "--stats=" + directory.resolve("replayed"));
    }

    private void assertReplays() throws IOException {
        CommandLineHarness replayed = replay();
        assertEquals(0, replayed.exitCode, replayed.err);
        Map<String, String> first = Statistics.read(directory.resolve("recorded"));
        Map<String, String> second = Statistics.read(directory.resolve("replayed"));
        for (String same : List.of("instructions", "digest", "outputs", "exit")) {
            assertEquals(first.get(same), second.get(same), same);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    void signalEndsARecordingWithASealedTrace(String signal) throws Exception {
        try (VlsProcess recording = record()) {
            recording.type("ADD 5\n");
            recording.awaitOutput("1 total=5");
            recording.signal(signal);
            assertEquals(signal.equals("INT") ? 130 : 143, recording.exitCode());
        }
        assertEquals(0, vls("trace", "check", trace().toString()).exitCode);
        assertReplays();
        assertEquals("interrupted", Statistics.read(directory.resolve("replayed")).get("exit"));
    }

    @Test
    void killedRecordingIsRepairedAndReplaysToWhereItEnds() throws Exception {
        try (VlsProcess recording = record()) {
            recording.type("ADD 5\n");
            recording.awaitOutput("1 total=5");
            awaitEvents();
            recording.signal("KILL");
            assertEquals(137, recording.exitCode());
        }
        assertEquals(3, replay().exitCode);
        assertEquals(0, vls("trace", "repair", trace().toString()).exitCode);
        CommandLineHarness replayed = replay();
        assertEquals(0, replayed.exitCode, replayed.err);
        long steps =
                Long.parseLong(
                        String.valueOf(
                                Statistics.read(directory.resolve("replayed"))
                                        .get("instructions")));
        assertTrue(steps > STEPS_MIN, "only " + steps);
    }

    /** What is in memory goes to the file within a second. */
    private void awaitEvents() throws Exception {
        for (int i = 0; i < PATIENCE_SECONDS * 20; i++) {
            if (lastCount() > STEPS_MIN) {
                return;
            }
            Thread.sleep(50);
        }
        fail("no event comes to the file");
    }

    private long lastCount() {
        long last = 0;
        try (TraceReader reader = TraceReader.open(trace())) {
            EventCursor events = reader.events();
            for (TraceEvent e = events.next(); e != null; e = events.next()) {
                last = e.instructionCount();
            }
        }
        return last;
    }

    @Test
    void operatorsCommandsAreRecorded() throws Exception {
        String name = "recorded-" + ProcessHandle.current().pid();
        try (VlsProcess recording = record("--name=" + name)) {
            recording.awaitOutput("ledger: ready");
            assertEquals(0, vls("pause", name).exitCode);
            assertEquals(0, vls("unpause", name).exitCode);
            assertEquals(0, vls("balloon", name, "16M").exitCode);
            assertEquals(0, vls("xenstore-write", name, "/local/domain/1/data/x", "y").exitCode);
            assertEquals(0, vls("ps").exitCode);
            recording.type("ADD 5\nQUIT\n");
            recording.closeInput();
            assertEquals(0, recording.exitCode(), recording.errors());
        }
        assertReplays();
        assertEquals("4", Statistics.read(directory.resolve("replayed")).get("CONTROL"));
    }

    @Test
    void recordingIsSwitchedOnAndOffWhileTheGuestRuns() throws Exception {
        String name = "attached-" + ProcessHandle.current().pid();
        Path second = directory.resolve("second.vls");
        try (VlsProcess run =
                VlsProcess.start(
                        directory,
                        "run",
                        "--kernel=builtin:ledger",
                        "--memory=32M",
                        "--name=" + name)) {
            run.type("ADD 5\n");
            run.awaitOutput("1 total=5");
            assertEquals(1, vls("detach", name).exitCode);
            assertEquals(0, vls("attach", name, "-o", trace().toString()).exitCode);
            assertEquals(1, vls("attach", name, "-o", second.toString()).exitCode);
            run.type("ADD 7\n");
            run.awaitOutput("2 total=12");
            assertEquals(0, vls("detach", name).exitCode);
            run.type("ADD 1\n");
            run.awaitOutput("3 total=13");
            assertEquals(0, vls("attach", name, "-o", second.toString()).exitCode);
            run.type("ADD 2\nQUIT\n");
            run.closeInput();
            assertEquals(0, run.exitCode(), run.errors());
        }
        assertReplaysFromItsState(trace(), "2 total=12", "detached");
        assertReplaysFromItsState(second, "4 total=15", "poweroff");
    }

    private void assertReplaysFromItsState(Path file, String said, String exit) throws Exception {
        try (VlsProcess replay =
                VlsProcess.start(
                        directory,
                        "replay",
                        file.toString(),
                        "--verify",
                        "--stats=" + directory.resolve("replayed"))) {
            assertEquals(0, replay.exitCode(), replay.errors());
            assertTrue(replay.output().startsWith(said), replay.output());
        }
        assertEquals(exit, Statistics.read(directory.resolve("replayed")).get("exit"));
    }

    /** A file system of its own, in a namespace where that needs no root. */
    @Test
    void guestWaitsWhileTheDiskIsFullAndNothingIsLost() throws Exception {
        Path small = Files.createDirectory(directory.resolve("small"));
        Path errors = directory.resolve("errors");
        Path copy = directory.resolve("trace.vls");
        String script =
                """
                mount -t tmpfs -o size=64k tmpfs "$1" || exit 77
                head -c 61440 /dev/zero >"$1/ballast" || exit 77
                trace=$1 copy=$2 errors=$3
                shift 3
                "$@" -o "$trace/t" </dev/null >/dev/null 2>"$errors" &
                for i in $(seq 600); do
                    grep -q 'guest waits' "$errors" && break
                    sleep 0.1
                done
                rm "$trace/ballast"
                wait $!
                status=$?
                cp "$trace/t" "$copy"
                exit $status
                """;
        List<String> command = new ArrayList<>();
        command.addAll(List.of("unshare", "-Urm", "sh", "-c", script, "sh"));
        command.addAll(List.of(small.toString(), copy.toString(), errors.toString()));
        command.addAll(
                VlsProcess.command(
                        "record",
                        "--kernel=builtin:cruncher",
                        "--memory=32M",
                        "--console=none",
                        "--max-instructions=400000000",
                        "--stats=" + directory.resolve("recorded")));
        Process process =
                new ProcessBuilder(command)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        assertTrue(process.waitFor(PATIENCE_SECONDS * 2, TimeUnit.SECONDS));
        assumeTrue(Files.exists(errors), "no namespace with a file system of its own here");
        String said = Files.readString(errors);
        assertEquals(0, process.exitValue(), said);
        assertTrue(said.contains("No space left on device"), said);
        assertTrue(said.contains("the guest goes on"), said);
        assertEquals(2, said.lines().count(), said);
        assertReplays();
    }
}
