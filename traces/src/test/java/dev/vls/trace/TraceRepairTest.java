package dev.vls.trace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a crash leaves becomes a sealed trace again. */
class TraceRepairTest {
    @TempDir private Path directory;

    @Test
    void aTornTailIsCutOffInPlace() throws IOException {
        Path path = directory.resolve("trace");
        SampleTrace.writeEveryKind(path, true);
        byte[] whole = Files.readAllBytes(path);
        int lastChunkEnds;
        try (TraceReader reader = TraceReader.open(path)) {
            lastChunkEnds = (int) reader.wholeBytes();
        }
        Files.write(path, Arrays.copyOf(whole, lastChunkEnds - 1));
        TraceRepair.Outcome outcome = TraceRepair.inPlace(path);
        assertNotNull(outcome.reason());
        assertTrue(outcome.lostBytes() > 0);
        try (TraceReader reader = TraceReader.open(path)) {
            assertNull(reader.incomplete());
            assertTrue(reader.repaired());
            assertEquals(outcome.events(), reader.eventCount());
            assertEquals(
                    SampleTrace.everyKind().subList(0, (int) outcome.events()),
                    SampleTrace.readAll(reader));
        }
        assertTrue(HostileTrace.isAccepted(path));

        byte[] repaired = Files.readAllBytes(path);
        assertEquals(new TraceRepair.Outcome(outcome.events(), 0, null), TraceRepair.inPlace(path));
        assertArrayEquals(repaired, Files.readAllBytes(path));
    }

    @Test
    void repairThatWasInterruptedCanBeDoneAgain() throws IOException {
        Path path = directory.resolve("trace");
        SampleTrace.writeEveryKind(path, true);
        byte[] whole = Files.readAllBytes(path);
        List<Integer> chunks = new TraceBytes(whole).chunks();
        int index = chunks.getLast();
        // Between the index and the trailer nothing is lost, wherever it stopped.
        for (int length = index; length < whole.length; length += 7) {
            Files.write(path, Arrays.copyOf(whole, length));
            TraceRepair.Outcome outcome = TraceRepair.inPlace(path);
            assertEquals(SampleTrace.everyKind().size(), outcome.events());
            assertEquals(length - index, outcome.lostBytes());
        }
    }

    @Test
    void damageInTheMiddleIsCutOffInACopyOnly() throws IOException {
        Path path = directory.resolve("trace");
        Path copy = directory.resolve("copy");
        SampleTrace.writeEveryKind(path, true);
        byte[] bytes = Files.readAllBytes(path);
        bytes[new TraceBytes(bytes).chunks().get(4) + 40] ^= 1;
        Files.write(path, bytes);
        TraceFormatException e =
                assertThrows(TraceFormatException.class, () -> TraceRepair.inPlace(path));
        assertTrue(String.valueOf(e.getMessage()).contains("goes on at offset"), e.getMessage());
        assertArrayEquals(bytes, Files.readAllBytes(path));
        TraceRepair.Outcome outcome = TraceRepair.copy(path, copy);
        assertTrue(outcome.lostBytes() > 0);
        assertTrue(HostileTrace.isAccepted(copy));
        assertArrayEquals(bytes, Files.readAllBytes(path));
        assertThrows(TraceIoException.class, () -> TraceRepair.copy(path, path));
    }

    @Test
    void whatIsNoTraceStaysWhatItIs() throws IOException {
        Path path = directory.resolve("trace");
        byte[] text = "certainly not a trace".repeat(10).getBytes(StandardCharsets.UTF_8);
        Files.write(path, text);
        TraceFormatException e =
                assertThrows(TraceFormatException.class, () -> TraceRepair.inPlace(path));
        assertEquals(TraceFormatException.Problem.NOT_A_TRACE, e.problem);
        assertArrayEquals(text, Files.readAllBytes(path));
        assertThrows(TraceIoException.class, () -> TraceReader.open(directory.resolve("none")));
    }

    /** Records for ever, in a process of its own. */
    public static void main(String[] arguments) {
        try (TraceWriter writer =
                TraceWriter.create(Path.of(arguments[0]), SampleTrace.header(1), 512)) {
            for (long i = 0; ; i++) {
                writer.clock(0, i, i);
                if (i == 100_000) {
                    System.out.println("recording");
                }
            }
        }
    }

    @Test
    void aProcessThatWasKilledLosesItsLastChunkOnly() throws Exception {
        Path path = directory.resolve("trace");
        Process process = ChildJvm.start(List.of(), TraceRepairTest.class, path.toString());
        try (BufferedReader output = process.inputReader()) {
            assertEquals("recording", output.readLine());
            TraceIoException e =
                    assertThrows(TraceIoException.class, () -> TraceRepair.inPlace(path));
            assertTrue(String.valueOf(e.getMessage()).contains("written by another process"));
        } finally {
            process.destroyForcibly(); // SIGKILL
            process.waitFor();
        }
        TraceRepair.Outcome outcome = TraceRepair.inPlace(path);
        assertTrue(outcome.lostBytes() < 1024, outcome.toString());
        assertTrue(outcome.events() > 99_000, outcome.toString());
        try (TraceReader reader = TraceReader.open(path)) {
            List<TraceEvent> events = SampleTrace.readAll(reader);
            assertEquals(outcome.events(), events.size());
            for (int i = 0; i < events.size(); i++) {
                assertEquals(new TraceEvent.Clock(0, i, i), events.get(i));
            }
        }
    }
}
