package dev.vls.machine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** States that released versions have saved. */
final class GoldenState {
    private GoldenState() {}

    static byte[] version1() throws IOException {
        try (InputStream file =
                        Files.newInputStream(Path.of("src/test/resources/golden/state-v1.gz"));
                InputStream state = new GZIPInputStream(file)) {
            return state.readAllBytes();
        }
    }
}
