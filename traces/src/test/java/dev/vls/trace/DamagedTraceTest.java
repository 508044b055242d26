package dev.vls.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Traces that were cut off, changed, or made by somebody who means no good. */
class DamagedTraceTest {
    private static final int HOSTILE_ROUNDS = 2_000;

    /** Repair waits for the disk. */
    private static final int REPAIR_EVERY = 16;

    @TempDir private Path directory;
    private Path path = Path.of("");
    private Path repaired = Path.of("");
    private Path spoiled = Path.of("");

    @BeforeEach
    void nameFiles() {
        path = directory.resolve("whole");
        spoiled = directory.resolve("spoiled");
        repaired = directory.resolve("repaired");
    }

    /** Anew each time: some file systems wait for the disk when a file is written over. */
    private void write(byte[] bytes) throws IOException {
        Files.deleteIfExists(spoiled);
        Files.write(spoiled, bytes);
    }

    @Test
    void aTraceCutOffAnywhereKeepsItsWholeChunks() throws IOException {
        SampleTrace.writeEveryKind(path, true);
        byte[] whole = Files.readAllBytes(path);
        int kept = 0;
        for (int length = 0; length < whole.length; length++) {
            write(Arrays.copyOf(whole, length));
            assertFalse(HostileTrace.isAccepted(spoiled));
            int left = eventsIn(whole, length);
            assertTrue(left >= kept);
            kept = left;
            if (length % REPAIR_EVERY == 0) {
                List<TraceEvent> events = HostileTrace.repair(spoiled, repaired);
                assertEquals(left, events.size(), "cut at " + length);
                assertEquals(SampleTrace.everyKind().subList(0, left), events);
            }
        }
        assertEquals(SampleTrace.everyKind().size(), kept);
    }

    /** How many events are in the chunks that end within so many bytes. */
    private int eventsIn(byte[] whole, int length) {
        TraceBytes trace = new TraceBytes(whole);
        int chunks = 0;
        for (int chunk : trace.chunks()) {
            if (chunk + TraceFormat.CHUNK_HEADER_BYTES + trace.storedLength(chunk) <= length
                    && trace.type(chunk) == ChunkType.EVENTS.code) {
                chunks++;
            }
        }
        try (TraceReader reader = TraceReader.open(path)) {
            ChunkIndex index = reader.index();
            return chunks == index.eventChunks()
                    ? (int) index.events()
                    : (int) index.firstEvent(index.eventChunk(chunks));
        }
    }

    @Test
    void everyBitCounts() throws IOException {
        SampleTrace.writeEveryKind(path, true);
        byte[] bytes = Files.readAllBytes(path);
        List<TraceEvent> events = SampleTrace.everyKind();
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] ^= (byte) (1 << i % 8);
            write(bytes);
            assertFalse(HostileTrace.isAccepted(spoiled), "byte " + i);
            if (i % REPAIR_EVERY == 0) {
                List<TraceEvent> left = HostileTrace.repair(spoiled, repaired);
                assertEquals(events.subList(0, left.size()), left);
            }
            bytes[i] ^= (byte) (1 << i % 8);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void readerAndVerifierAgreeOnHostileTraces(boolean compress) throws IOException {
        SampleTrace.writeEveryKind(path, compress);
        byte[] whole = Files.readAllBytes(path);
        RandomGenerator random = Seed.random("readerAndVerifierAgreeOnHostileTraces");
        int accepted = 0;
        for (int round = 0; round < HOSTILE_ROUNDS; round++) {
            TraceBytes trace = new TraceBytes(whole.clone());
            for (int i = random.nextInt(3); i >= 0; i--) {
                spoil(trace, random);
            }
            write(trace.withChecksums().bytes);
            if (HostileTrace.isAccepted(spoiled)) {
                accepted++;
            }
            if (round % REPAIR_EVERY == 0) {
                HostileTrace.repair(spoiled, repaired);
            }
        }
        assertTrue(accepted > HOSTILE_ROUNDS / 100, accepted + " accepted");
        assertTrue(accepted < HOSTILE_ROUNDS, accepted + " accepted");
    }

    private static void spoil(TraceBytes trace, RandomGenerator random) {
        byte[] bytes = trace.bytes;
        List<Integer> chunks = trace.chunks();
        int at = random.nextInt(bytes.length);
        int chunk = chunks.isEmpty() ? 16 : chunks.get(random.nextInt(chunks.size()));
        switch (random.nextInt(6)) {
            case 0 -> bytes[at] = (byte) random.nextInt();
            case 1 -> bytes[at] += (byte) (random.nextBoolean() ? 1 : -1);
            case 2 -> bytes[at] = (byte) (random.nextBoolean() ? 0xff : 0x80);
            case 3 -> bytes[chunk + random.nextInt(24)] = (byte) random.nextInt();
            case 4 -> trace.setInt(chunk + 4 * random.nextInt(6), random.nextInt());
            default -> {
                int length = Math.min(random.nextInt(1, 40), bytes.length - at);
                System.arraycopy(bytes, random.nextInt(bytes.length - length), bytes, at, length);
            }
        }
    }

    @Test
    void randomBytesBehindAPreambleAreNoTrace() throws IOException {
        SampleTrace.writeEveryKind(path, true);
        byte[] whole = Files.readAllBytes(path);
        RandomGenerator random = Seed.random("randomBytesBehindAPreambleAreNoTrace");
        for (int round = 0; round < 500; round++) {
            byte[] bytes = new byte[random.nextInt(400)];
            random.nextBytes(bytes);
            System.arraycopy(whole, 0, bytes, 0, Math.min(bytes.length, random.nextInt(60)));
            write(bytes);
            assertFalse(HostileTrace.isAccepted(spoiled));
            if (round % REPAIR_EVERY == 0) {
                assertEquals(List.of(), HostileTrace.repair(spoiled, repaired));
            }
        }
    }

    /** Files of the fuzzer's corpus that must be refused, and as what. */
    @ParameterizedTest
    @CsvSource({
        "empty, NOT_A_TRACE",
        "preamble, TRUNCATED",
        "version-2, NEWER_VERSION",
        "version-0, MALFORMED",
        "type-220, UNKNOWN",
        "header-unknown-member, UNKNOWN",
        "header-deep, MALFORMED",
        "header-not-json, MALFORMED",
        "kind-0, UNKNOWN",
        "kind-15, UNKNOWN",
        "vcpu-beyond, LIMIT",
        "varint-too-long, MALFORMED",
        "varint-65-bits, MALFORMED",
        "count-overflow, LIMIT",
        "data-longer-than-chunk, TRUNCATED",
        "text-not-utf8, MALFORMED",
        "event-behind-end, MALFORMED",
        "events-4-million, TRUNCATED",
        "huge-attachment, ",
        "attachment-overlap, MALFORMED",
        "index-bomb, TRUNCATED",
        "lengths-4-gib, LIMIT",
        "no-trailer, TRUNCATED",
        "trailer-twice, TRUNCATED",
        "cut-in-the-middle, TRUNCATED",
        "header-only, ",
        "one-clock, "
    })
    void theCorpusIsJudgedRightly(String name, TraceFormatException.@Nullable Problem problem)
            throws IOException {
        Path file =
                Path.of("src/test/resources/dev/vls/trace")
                        .resolve("TraceFuzzTestInputs/anyBytesAreReadOrRefused")
                        .resolve(name);
        assertEquals(problem == null, HostileTrace.isAccepted(file));
        TraceFormatException.Problem found = null;
        try (TraceReader reader = TraceReader.open(file)) {
            TraceFormatException incomplete = reader.incomplete();
            found = incomplete == null ? null : incomplete.problem;
            SampleTrace.readAll(reader);
        } catch (TraceFormatException e) {
            found = e.problem;
        }
        assertEquals(problem, found);
    }
}
