package dev.vls.trace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vls.trace.verify.TraceVerifier;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Traces of released versions, which stay readable. {@code -Dgolden.write=true} writes those of the
 * version that is being made; released ones are never written again.
 */
class GoldenTraceTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");

    @TempDir private Path directory;

    @Test
    void theWriterWritesVersion1() throws IOException {
        Path path = directory.resolve("trace");
        SampleTrace.writeEveryKind(path, false);
        if (Boolean.getBoolean("golden.write")) {
            Files.copy(path, GOLDEN.resolve("v1-stored.vls"));
            SampleTrace.writeEveryKind(GOLDEN.resolve("v1-zstd.vls"), true);
            Files.writeString(GOLDEN.resolve("v1.jsonl"), export(path));
        }
        assertArrayEquals(
                Files.readAllBytes(GOLDEN.resolve("v1-stored.vls")), Files.readAllBytes(path));
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1-stored.vls", "v1-zstd.vls"})
    void version1IsRead(String name) throws IOException {
        Path golden = GOLDEN.resolve(name);
        assertEquals(Files.readString(GOLDEN.resolve("v1.jsonl")), export(golden));
        assertNull(TraceVerifier.verify(golden).fault());
        try (TraceReader reader = TraceReader.open(golden)) {
            assertEquals(SampleTrace.header(18), reader.header());
            assertEquals(SampleTrace.everyKind(), SampleTrace.readAll(reader));
        }
    }

    @Test
    void checkpointsOfVersion1AreRead() throws IOException {
        Path golden = GOLDEN.resolve("v1-checkpoints.vls");
        if (Boolean.getBoolean("golden.write")) {
            SampleTrace.writeCheckpointsOf(golden, "0123456789abcdef".repeat(4));
        }
        Path path = directory.resolve("checkpoints");
        SampleTrace.writeCheckpointsOf(path, "0123456789abcdef".repeat(4));
        assertArrayEquals(Files.readAllBytes(golden), Files.readAllBytes(path));
        assertNull(TraceVerifier.verify(golden).fault());
        try (TraceReader reader = TraceReader.openAndScan(golden)) {
            assertNull(reader.incomplete());
            assertEquals("0123456789abcdef".repeat(4), reader.header().checkpointsOf());
            assertEquals(
                    List.of(12L, 1L << 40),
                    reader.checkpoints().stream().map(TraceReader.Checkpoint::events).toList());
        }
    }

    @Test
    void whatIsCompressedIsWhatAnyZstdDecompresses() throws Exception {
        TraceBytes zstd = new TraceBytes(Files.readAllBytes(GOLDEN.resolve("v1-zstd.vls")));
        TraceBytes stored = new TraceBytes(Files.readAllBytes(GOLDEN.resolve("v1-stored.vls")));
        int compressed = 0;
        for (int i = 0; i < zstd.chunks().size() - 1; i++) {
            int chunk = zstd.chunks().get(i);
            if (zstd.bytes[chunk + 5] == 1) {
                assertArrayEquals(
                        stored.payload(stored.chunks().get(i)), decompress(zstd.payload(chunk)));
                compressed++;
            }
        }
        assertTrue(compressed > 2);
    }

    private byte[] decompress(byte[] frame) throws Exception {
        Path file = Files.write(directory.resolve("frame.zst"), frame);
        Process process = null;
        try {
            process = new ProcessBuilder("zstd", "-dc", file.toString()).start();
        } catch (IOException e) {
            assumeTrue(false, "needs the zstd command");
        }
        assertNotNull(process);
        byte[] content = process.getInputStream().readAllBytes();
        assertEquals(0, process.waitFor());
        return content;
    }

    private static String export(Path path) throws IOException {
        StringWriter out = new StringWriter();
        try (TraceReader reader = TraceReader.open(path);
                TraceJson json = new TraceJson(out)) {
            json.export(reader);
        }
        return out.toString();
    }
}
