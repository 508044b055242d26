package dev.vls.control;

import static dev.vls.control.CommandLineHarness.vls;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code vls record} and {@code vls replay} of the project's own guests. */
class RecordReplayTest {
    @TempDir private Path directory;

    private Path trace() {
        return directory.resolve("trace.vls");
    }

    private CommandLineHarness record(String kernel, String... more) {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "record",
                                "--kernel=" + kernel,
                                "--memory=32M",
                                "--console=none",
                                "-o",
                                trace().toString(),
                                "--stats=" + directory.resolve("recorded")));
        arguments.addAll(Arrays.asList(more));
        return vls(arguments.toArray(String[]::new));
    }

    private CommandLineHarness replay(String... more) {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "replay",
                                trace().toString(),
                                "--verify",
                                "--console=none",
                                "--stats=" + directory.resolve("replayed")));
        arguments.addAll(Arrays.asList(more));
        return vls(arguments.toArray(String[]::new));
    }

    private void assertSameRun() throws IOException {
        Map<String, String> recorded = Statistics.read(directory.resolve("recorded"));
        Map<String, String> replayed = Statistics.read(directory.resolve("replayed"));
        for (String same :
                List.of("instructions", "digest", "exit", "outputs", "log_bytes", "CLOCK")) {
            assertEquals(recorded.get(same), replayed.get(same), same);
        }
    }

    @Test
    void replayBeginsAtCheckpointsThatAnotherHasMade() throws IOException {
        record("builtin:cruncher", "--cmdline=cruncher.rounds=4");
        CommandLineHarness making = replay("--checkpoint-every=2000000");
        assertEquals(0, making.exitCode, making.err);
        assertSameRun();
        CommandLineHarness later = replay("--from=3000000");
        assertEquals(0, later.exitCode, later.err);
        assertTrue(later.err.contains("(vls) from instruction 2"), later.err);
        assertEquals(
                Statistics.read(directory.resolve("recorded")).get("digest"),
                Statistics.read(directory.resolve("replayed")).get("digest"));
        CommandLineHarness noRun =
                vls("replay", directory.resolve("trace.vls.checkpoints").toString());
        assertEquals(3, noRun.exitCode, noRun.err);
        assertTrue(noRun.err.contains("has checkpoints of another one"), noRun.err);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "builtin:hello",
                "builtin:conformance/vcpus",
                "builtin:conformance/sched",
                "builtin:crash/bad-kernel-stack"
            })
    void replayIsTheRecordedRun(String kernel) throws IOException {
        CommandLineHarness recorded = record(kernel, "--vcpus=2");
        CommandLineHarness replayed = replay();
        assertEquals(0, replayed.exitCode, replayed.err);
        assertTrue(replayed.err.contains("all equal"), replayed.err);
        assertSameRun();
        // The report of a crash is printed again.
        assertEquals(
                recorded.err.lines().filter(line -> line.startsWith("(vls)")).toList(),
                replayed.err.lines().filter(line -> line.startsWith("(vls)")).toList());
    }

    @Test
    void runThatWasCutOffIsReplayedToItsEnd() throws IOException {
        record("builtin:cruncher", "--max-instructions=3000000", "--digest-every=500000");
        CommandLineHarness replayed = replay("--engine=translator");
        assertEquals(0, replayed.exitCode, replayed.err);
        assertSameRun();
        record("builtin:diabolical", "--timeout=1");
        assertEquals(0, replay().exitCode);
        assertSameRun();
        assertEquals("timeout", Statistics.read(directory.resolve("replayed")).get("exit"));
    }

    @Test
    void virtualTimeOfOneSeedNeedsNoTrace() throws IOException {
        Path stats = directory.resolve("run");
        String[] same = {
            "run",
            "--kernel=builtin:ticker",
            "--memory=32M",
            "--console=none",
            "--clock=virtual",
            "--stats=" + stats
        };
        vls(with(same, "--seed=7"));
        String first = Statistics.read(stats).get("digest");
        vls(with(same, "--seed=7"));
        assertEquals(first, Statistics.read(stats).get("digest"));
        vls(with(same, "--seed=8"));
        assertNotEquals(first, Statistics.read(stats).get("digest"));
        record("builtin:ticker", "--clock=virtual", "--seed=7");
        assertEquals(first, Statistics.read(directory.resolve("recorded")).get("digest"));
        assertEquals(0, replay().exitCode);
        assertSameRun();
    }

    private static String[] with(String[] arguments, String more) {
        String[] all = Arrays.copyOf(arguments, arguments.length + 1);
        all[arguments.length] = more;
        return all;
    }

    @Test
    void recordingIsCheckedBesideIt() throws IOException {
        CommandLineHarness recorded = record("builtin:borders", "--vcpus=2", "--check");
        assertEquals(0, recorded.exitCode, recorded.err);
        assertTrue(recorded.err.contains("digests compared, all equal"), recorded.err);
        assertEquals(0, replay().exitCode);
        assertSameRun();
    }

    @Test
    void stopsWhereItIsAskedTo() throws IOException {
        record("builtin:hello");
        CommandLineHarness replayed = replay("--to=20000");
        assertEquals(0, replayed.exitCode, replayed.err);
        assertEquals("20000", Statistics.read(directory.resolve("replayed")).get("instructions"));
    }

    @Test
    void refusesAnotherKernel() throws IOException {
        record("builtin:hello");
        byte[] other = BuiltinGuests.load("hello");
        other[other.length - 1] ^= 1;
        Path file = Files.write(directory.resolve("other.elf"), other);
        CommandLineHarness replayed = replay("--kernel=" + file);
        assertEquals(3, replayed.exitCode);
        assertEquals(1, replayed.err.lines().count(), replayed.err);
        assertTrue(replayed.err.contains("is not the file"), replayed.err);
    }

    @Test
    void refusesWhatIsNoWholeTrace() throws IOException {
        record("builtin:hello");
        byte[] bytes = Files.readAllBytes(trace());
        Files.write(trace(), Arrays.copyOf(bytes, bytes.length - 30));
        assertUnusable("vls trace repair");
        Files.write(trace(), "a text".getBytes(StandardCharsets.UTF_8));
        assertUnusable("check the path");
        assertEquals(3, vls("replay", directory.resolve("nothing").toString()).exitCode);
        assertEquals(3, vls("record", "--kernel=builtin:hello", "-o/nowhere/trace").exitCode);
    }

    private void assertUnusable(String remedy) {
        CommandLineHarness replayed = replay();
        assertEquals(3, replayed.exitCode);
        assertEquals(1, replayed.err.lines().count(), replayed.err);
        assertTrue(replayed.err.contains(remedy), replayed.err);
    }

    @Test
    void traceWithoutItsTailIsRepairedAndReplayedToWhereItEnds() throws IOException {
        record("builtin:cruncher", "--max-instructions=20000000");
        byte[] bytes = Files.readAllBytes(trace());
        Files.write(trace(), Arrays.copyOf(bytes, bytes.length - 60));
        assertEquals(0, vls("trace", "repair", trace().toString()).exitCode);
        CommandLineHarness replayed = replay();
        assertEquals(0, replayed.exitCode, replayed.err);
    }
}
