package dev.vls.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.machine.cpu.translate.Engine;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The replay beside a recording. */
@Timeout(120)
final class LiveCheckTest {
    private static final Recording.Options OFTEN = Recording.Options.every(10_000, 400_000, false);

    @TempDir private Path directory;

    private long recordBeside(String recorded, String replayed, AtomicInteger failures) {
        RecordedGuest guest = new RecordedGuest(recorded, 2, directory.resolve("trace"));
        return guest.recordChecked(
                new RandomInputs(9, 1000, 2000),
                OFTEN,
                2_000_000,
                new ResourceGuest(replayed),
                Engine.TRANSLATE_EVERYTHING,
                failures::incrementAndGet);
    }

    @Test
    void comparesEveryDigestWhileTheRecordingGoesOn() {
        AtomicInteger failures = new AtomicInteger();
        assertTrue(recordBeside("borders", "borders", failures) > 20);
        assertEquals(0, failures.get());
    }

    @Test
    void tellsAtOnceThatItIsAnotherRun() {
        AtomicInteger failures = new AtomicInteger();
        assertThrows(DivergenceException.class, () -> recordBeside("borders", "ticker", failures));
        assertEquals(1, failures.get());
    }
}
