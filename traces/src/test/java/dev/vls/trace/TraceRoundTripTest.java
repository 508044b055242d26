package dev.vls.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.trace.verify.TraceVerifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was written is what is read, from anywhere. */
class TraceRoundTripTest {
    private static final int ROUNDS = 60;

    @TempDir private Path directory;

    @Test
    void randomEventsAreReadAsTheyWereWritten() throws Exception {
        RandomGenerator random = Seed.random("randomEventsAreReadAsTheyWereWritten");
        for (int round = 0; round < ROUNDS; round++) {
            int vcpus = 1 + random.nextInt(random.nextBoolean() ? 2 : 40);
            List<TraceEvent> events = SampleTrace.random(random, vcpus, random.nextInt(300));
            Path path = directory.resolve("trace");
            write(path, vcpus, random, events);
            assertVerified(path, events);
            try (TraceReader reader = TraceReader.open(path)) {
                assertNull(reader.incomplete());
                assertEquals(SampleTrace.header(vcpus), reader.header());
                assertEquals(events.size(), reader.eventCount());
                assertEquals(events, SampleTrace.readAll(reader));
                assertSeeks(reader, random, vcpus, events);
            }
        }
    }

    private static void write(
            Path path, int vcpus, RandomGenerator random, List<TraceEvent> events) {
        int chunkBytes = 1 + random.nextInt(1 << random.nextInt(1, 20));
        try (TraceWriter writer = TraceWriter.create(path, SampleTrace.header(vcpus), chunkBytes)) {
            long position = 0;
            for (TraceEvent event : events) {
                assertEquals(position++, writer.nextEvent());
                SampleTrace.write(writer, event);
                switch (random.nextInt(50)) {
                    case 0 -> writer.flush();
                    case 1 -> writer.attachment("a", 1 << 20, position, new byte[1], 0, 1);
                    case 2 -> writer.section(position, "s", new byte[] {5}, 0, 1);
                    default -> {}
                }
            }
            writer.seal();
        }
    }

    private static void assertVerified(Path path, List<TraceEvent> events) throws Exception {
        TraceVerifier.Report report = TraceVerifier.verify(path);
        assertNull(report.fault(), () -> "offset " + report.offset() + ": " + report.fault());
        Map<String, Long> kinds = new TreeMap<>();
        events.forEach(event -> kinds.merge(event.kind(), 1L, Long::sum));
        assertEquals(kinds, report.events());
    }

    private static void assertSeeks(
            TraceReader reader, RandomGenerator random, int vcpus, List<TraceEvent> events) {
        for (int i = 0; i < 10; i++) {
            int from = random.nextInt(events.size() + 1);
            assertRest(events, from, reader.eventsFrom(from));
            int vcpu = random.nextInt(vcpus);
            long count =
                    events.isEmpty()
                            ? i
                            : events.get(random.nextInt(events.size())).instructionCount()
                                    + random.nextInt(-1, 2);
            int first = 0;
            while (first < events.size()
                    && (events.get(first).vcpu() != vcpu
                            || events.get(first).instructionCount() < count)) {
                first++;
            }
            assertRest(events, first, reader.eventsFrom(vcpu, count));
        }
        assertThrows(IllegalArgumentException.class, () -> reader.eventsFrom(vcpus, 0));
        assertThrows(IllegalArgumentException.class, () -> reader.eventsFrom(-1));
    }

    private static void assertRest(List<TraceEvent> events, int from, EventCursor cursor) {
        assertEquals(from, cursor.nextEvent());
        for (int i = from; i < Math.min(events.size(), from + 20); i++) {
            assertEquals(events.get(i), cursor.next());
        }
        if (events.size() <= from + 20) {
            assertNull(cursor.next());
        }
    }

    @Test
    void packedFilesAndCheckpointsAreReadAsTheyWereWritten() throws Exception {
        Path path = directory.resolve("trace");
        SampleTrace.writeEveryKind(path, true);
        try (TraceReader reader = TraceReader.open(path)) {
            assertEquals(
                    List.of(
                            new TraceReader.Attachment("kernel", 12, 12),
                            new TraceReader.Attachment("disk0", 1 << 20, 4)),
                    reader.attachments());
            List<String> pieces = new ArrayList<>();
            reader.readAttachment(
                    "disk0",
                    (offset, data, from, length) ->
                            pieces.add(
                                    offset
                                            + Arrays.toString(
                                                    Arrays.copyOfRange(
                                                            data, from, from + length))));
            assertEquals(List.of("4096[1, 2, 3]", "1048575[4]"), pieces);

            assertEquals(1, reader.checkpoints().size());
            TraceReader.Checkpoint checkpoint = reader.checkpoints().getFirst();
            assertEquals(11, checkpoint.events());
            assertEquals(18, checkpoint.counts().size());
            assertEquals(Map.of("memory", 302L, "vcpu0", 1L), checkpoint.sections());
            List<Long> lengths = new ArrayList<>();
            reader.readSection(
                    0, "memory", (offset, data, from, length) -> lengths.add(offset + length));
            assertEquals(List.of(300L, 302L), lengths);
            assertThrows(
                    IllegalArgumentException.class,
                    () -> reader.readSection(3, "given up", (offset, data, from, length) -> {}));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> reader.readAttachment("none", (offset, data, from, length) -> {}));
        }
        TraceVerifier.Report report = TraceVerifier.verify(path);
        assertNull(report.fault());
        assertEquals(1, report.checkpoints());
    }

    @Test
    void aChunkEndsBehindADigestOnceItIsHalfFull() {
        Path path = directory.resolve("trace");
        try (TraceWriter writer = TraceWriter.create(path, SampleTrace.header(1), 100)) {
            writer.digest(0, 1, new byte[32], new byte[0], new byte[0]);
            writer.digest(0, 2, new byte[32], new byte[0], new byte[0]);
            writer.clock(0, 3, 1);
            writer.consoleIn(0, 4, new byte[99], 0, 99);
            writer.clock(0, 5, 1);
            writer.seal();
        }
        try (TraceReader reader = TraceReader.open(path)) {
            List<Integer> chunks = new ArrayList<>();
            reader.chunkTotals().forEach((type, total) -> chunks.add(total.chunks()));
            assertEquals(List.of(1, 3), chunks);
        }
    }

    @Test
    void theWriterRefusesWhatTheFormatDoesNotAllow() {
        Path path = directory.resolve("trace");
        try (TraceWriter writer = TraceWriter.create(path, SampleTrace.header(2))) {
            writer.clock(1, 10, 0);
            refused(() -> writer.clock(1, 9, 0));
            refused(() -> writer.clock(0, -1, 0));
            refused(() -> writer.clock(0, 0, -1));
            refused(() -> writer.link(0, 0, -1, true));
            refused(() -> writer.consoleIn(0, 0, new byte[1 << 21], 0, (1 << 20) + 1));
            refused(() -> writer.control(0, 0, "x".repeat(65537), ""));
            refused(() -> writer.digest(0, 0, new byte[65], new byte[0], new byte[0]));
            refused(() -> writer.attachment("", 1, 0, new byte[1], 0, 1));
            refused(() -> writer.attachment("a", 1, 1, new byte[1], 0, 1));
            refused(() -> writer.attachment("a", 1, 0, new byte[1], 0, 0));
            refused(() -> writer.checkpoint(0, new long[2]));
            writer.section(4, "s", new byte[1], 0, 1);
            refused(() -> writer.section(3, "s", new byte[1], 0, 1));
            refused(() -> writer.checkpoint(4, new long[1]));
            writer.checkpoint(4, new long[2]);
            refused(() -> writer.section(4, "s", new byte[1], 0, 1));
            writer.end(0, 3, "poweroff", new byte[0]);
            assertThrows(IllegalStateException.class, () -> writer.clock(1, 11, 0));
            writer.seal();
            assertThrows(IllegalStateException.class, writer::flush);
        }
        try (TraceReader reader = TraceReader.open(path)) {
            assertEquals(2, SampleTrace.readAll(reader).size());
            assertTrue(reader.incomplete() == null && !reader.repaired());
        }
    }

    private static void refused(Runnable call) {
        assertThrows(IllegalArgumentException.class, call::run);
    }
}
