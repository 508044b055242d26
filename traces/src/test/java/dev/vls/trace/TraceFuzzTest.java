package dev.vls.trace;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/**
 * Reader, verifier and repair on any bytes. Without JAZZER_FUZZ=1 in the environment, only the
 * corpus in {@code src/test/resources} is run; with it, Jazzer goes on from there.
 */
class TraceFuzzTest {
    @TempDir private static Path directory = Path.of("");

    @FuzzTest(maxDuration = "10m")
    void anyBytesAreReadOrRefused(byte[] bytes) throws IOException {
        Path path = Files.createTempFile(directory, "any", ".vls");
        try {
            Files.write(path, bytes);
            HostileTrace.isAccepted(path);
            // Checksums keep a fuzzer from what is behind them.
            if (bytes.length >= TraceFormat.PREAMBLE_BYTES) {
                Files.write(path, new TraceBytes(bytes.clone()).withChecksums().bytes);
                HostileTrace.isAccepted(path);
                HostileTrace.repair(path, directory.resolve("repaired"));
            }
        } finally {
            Files.delete(path);
        }
    }
}
