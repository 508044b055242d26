package dev.vls.control;

import static dev.vls.control.CommandLineHarness.vls;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.replay.Divergence;
import dev.vls.trace.EventCursor;
import dev.vls.trace.TraceEvent;
import dev.vls.trace.TraceReader;
import dev.vls.trace.TraceWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code vls replay} says about runs that part. */
class LocatedDivergenceTest {
    @TempDir private Path directory;

    private Path record(String name, String memory) {
        Path trace = directory.resolve(name);
        CommandLineHarness recording =
                vls(
                        "record",
                        "--kernel=builtin:ticker",
                        "--memory=" + memory,
                        "--console=none",
                        "--clock=virtual",
                        "--seed=5",
                        "-o",
                        trace.toString());
        assertEquals(0, recording.exitCode, recording.err);
        return trace;
    }

    /** The trace with one bit of its third CLOCK input flipped; digests stay as recorded. */
    private Path withAnotherClock(Path trace) {
        Path changed = directory.resolve("changed.vls");
        int clocks = 0;
        try (TraceReader reader = TraceReader.open(trace);
                TraceWriter writer = TraceWriter.create(changed, reader.header())) {
            EventCursor events = reader.events();
            for (TraceEvent event = events.next(); event != null; event = events.next()) {
                switch (event) {
                    case TraceEvent.Clock e ->
                            writer.clock(
                                    e.vcpu(),
                                    e.instructionCount(),
                                    e.nanoseconds() ^ (++clocks == 3 ? 1 : 0));
                    case TraceEvent.End e ->
                            writer.end(
                                    e.vcpu(),
                                    e.instructionCount(),
                                    e.reason(),
                                    e.digest().toArray());
                    case TraceEvent.Digest e ->
                            writer.digest(
                                    e.vcpu(),
                                    e.instructionCount(),
                                    e.outputs().toArray(),
                                    e.vcpus().toArray(),
                                    e.memory().toArray());
                    default -> throw new IllegalStateException(event.kind());
                }
            }
            writer.seal();
        }
        return changed;
    }

    @Test
    void divergenceThatBothEnginesShareIsAnIntervalWithItsInputs() {
        Path changed = withAnotherClock(record("trace.vls", "32M"));
        CommandLineHarness replay = vls("replay", "--verify", "--console=none", changed.toString());
        assertEquals(4, replay.exitCode, replay.err);
        assertTrue(replay.err.contains("both engines execute this interval alike"), replay.err);
        assertTrue(replay.err.contains("input 2 "), replay.err);
        assertTrue(replay.err.contains("=> vcpu0 k "), replay.err);
        assertTrue(replay.err.strip().lines().toList().getLast().startsWith("vls: replay of "));
    }

    @Test
    void differenceBesideARecordingIsLookedForInItsTrace() {
        Path changed = withAnotherClock(record("trace.vls", "32M"));
        Divergence seen =
                new Divergence(
                        Divergence.What.VCPUS,
                        Divergence.Place.START,
                        new Divergence.Place(0, 200_000, 8, 200_000),
                        "the vCPUs' state differs");
        StringWriter said = new StringWriter();
        DivergenceReport.afterCheck(changed, seen, new PrintWriter(said));
        assertTrue(said.toString().startsWith("vls: the replay beside the recording diverged"));
        assertTrue(said.toString().contains("both engines execute this interval alike"));
        assertTrue(said.toString().contains("=> vcpu0 k "), said::toString);
        StringWriter unfound = new StringWriter();
        DivergenceReport.afterCheck(
                directory.resolve("nothing.vls"), seen, new PrintWriter(unfound));
        assertTrue(unfound.toString().contains("vls replay --verify"), unfound::toString);
    }

    @Test
    void locationIsNotLookedForIfNotWanted() {
        Path changed = withAnotherClock(record("trace.vls", "32M"));
        CommandLineHarness replay =
                vls("replay", "--verify", "--no-locate", "--console=none", changed.toString());
        assertEquals(4, replay.exitCode, replay.err);
        assertEquals(1, replay.err.lines().count(), replay.err);
    }

    @Test
    void twoTracesAreComparedDownToTheInput() {
        Path trace = record("trace.vls", "32M");
        Path changed = withAnotherClock(trace);
        CommandLineHarness replay =
                vls("replay", trace.toString(), "--compare", changed.toString());
        assertEquals(4, replay.exitCode, replay.err);
        assertTrue(replay.err.contains("first difference: instruction "), replay.err);
        assertTrue(replay.err.contains("system time: "), replay.err);
        assertTrue(replay.err.contains("event in the second: vcpu0 "), replay.err);
        CommandLineHarness same = vls("replay", trace.toString(), "--compare", trace.toString());
        assertEquals(0, same.exitCode, same.err);
    }

    @Test
    void differentGuestsAreNotCompared() {
        Path trace = record("trace.vls", "32M");
        Path other = record("other.vls", "64M");
        CommandLineHarness replay = vls("replay", trace.toString(), "--compare", other.toString());
        assertEquals(4, replay.exitCode, replay.err);
        assertTrue(replay.err.contains("memory of different size"), replay.err);
    }
}
