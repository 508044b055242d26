package dev.vls.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first difference is found, however the events lie in chunks. */
class TraceDiffTest {
    @TempDir private Path directory;

    @Test
    void chunksMakeNoDifference() {
        List<TraceEvent> events = SampleTrace.everyKind();
        TraceDiff diff = diff(write("a", 18, events, 1), write("b", 18, events, 4096));
        assertTrue(diff.same());
        assertEquals(events.size(), diff.event());
    }

    @Test
    void theFirstEventThatDiffersIsNamed() {
        RandomGenerator random = Seed.random("theFirstEventThatDiffersIsNamed");
        for (int round = 0; round < 20; round++) {
            List<TraceEvent> events = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                events.add(new TraceEvent.Clock(0, i, i));
            }
            Path left = write("a", 1, events, 64);
            int at = random.nextInt(100);
            TraceEvent before = events.get(at);
            TraceEvent changed =
                    random.nextBoolean()
                            ? new TraceEvent.Clock(0, at, at + 1)
                            : new TraceEvent.Link(0, at, 0, true);
            events.set(at, changed);
            TraceDiff diff = diff(left, write("b", 1, events, 100));
            assertFalse(diff.same());
            assertEquals(new TraceDiff(List.of(), at, before, changed), diff);

            diff = diff(left, write("b", 1, events.subList(0, at), 100));
            assertEquals(new TraceDiff(List.of(), at, before, null), diff);
        }
    }

    @Test
    void headersThatDifferAreNamedByMember() {
        TraceDiff diff = diff(write("a", 1, List.of(), 64), write("b", 2, List.of(), 64));
        assertEquals(List.of("vcpus"), diff.headerMembers());
        assertFalse(diff.same());
        assertNull(diff.left());
    }

    private Path write(String name, int vcpus, List<TraceEvent> events, int chunkBytes) {
        Path path = directory.resolve(name);
        try (TraceWriter writer = TraceWriter.create(path, SampleTrace.header(vcpus), chunkBytes)) {
            events.forEach(event -> SampleTrace.write(writer, event));
            writer.seal();
        }
        return path;
    }

    private static TraceDiff diff(Path a, Path b) {
        try (TraceReader left = TraceReader.open(a);
                TraceReader right = TraceReader.open(b)) {
            return TraceDiff.of(left, right);
        }
    }
}
