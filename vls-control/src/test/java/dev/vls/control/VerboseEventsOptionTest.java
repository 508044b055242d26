package dev.vls.control;

import static dev.vls.control.CommandLineHarness.vls;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code --verbose-events}: the log of a run, and that of its replay. */
class VerboseEventsOptionTest {
    @TempDir private Path directory;

    @ParameterizedTest
    @CsvSource({
        "builtin:ticker, interpreter",
        "builtin:ticker, translator",
        "builtin:conformance/exceptions, translator",
        "builtin:conformance/multicall, interpreter"
    })
    void logOfAReplayIsThatOfTheRun(String kernel, String engine) throws IOException {
        Path trace = directory.resolve("trace.vls");
        Path ran = directory.resolve("ran.log");
        Path replayed = directory.resolve("replayed.log");
        CommandLineHarness recording =
                vls(
                        "record",
                        "--kernel=" + kernel,
                        "--memory=32M",
                        "--vcpus=2",
                        "--console=none",
                        "--verbose-events=" + ran,
                        "-o",
                        trace.toString());
        assertEquals(0, recording.exitCode, recording.err);
        CommandLineHarness replay =
                vls(
                        "replay",
                        trace.toString(),
                        "--console=none",
                        "--engine=" + engine,
                        "--verbose-events=" + replayed);
        assertEquals(0, replay.exitCode, replay.err);
        List<String> lines = Files.readAllLines(ran);
        assertTrue(lines.size() > 20, () -> String.join("\n", lines));
        assertEquals(lines, Files.readAllLines(replayed));
    }

    @Test
    void goesToStandardErrorWithoutAFileAndTakesNoArgumentOfOthers() {
        Path trace = directory.resolve("trace.vls");
        CommandLineHarness recording =
                vls(
                        "record",
                        "--verbose-events",
                        "--kernel=builtin:hello",
                        "--console=none",
                        "-o",
                        trace.toString());
        assertEquals(0, recording.exitCode, recording.err);
        assertTrue(recording.err.contains(" hypercall "), recording.err);
        CommandLineHarness replay =
                vls("replay", "--verbose-events", trace.toString(), "--console=none");
        assertEquals(0, replay.exitCode, replay.err);
        assertTrue(replay.err.contains(" hypercall XEN_VERSION.VERSION(0x0, "), replay.err);
    }

    @Test
    void logThatCannotBeWrittenIsSaidBeforeTheGuestRuns() {
        CommandLineHarness run =
                vls("run", "--kernel=builtin:hello", "--verbose-events=/nowhere/log");
        assertEquals(3, run.exitCode);
        assertEquals("", run.out);
        assertEquals(1, run.err.lines().count(), run.err);
    }
}
