package dev.vls.machine.guests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.vls.machine.cpu.translate.Engine;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each guest prints on the embedded machine what it printed on real Xen, and ends the same way. */
class ConformanceTest {
    static Stream<String> names() {
        return GuestFiles.recorded().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void theGuestPrintsWhatItPrintsOnXen(String name) {
        GuestRun run = GuestRun.of(name, GuestFiles.commandLine(name));
        assertEquals(GuestFiles.text(GuestFiles.goldenFile(name)), run.text());
    }

    @ParameterizedTest
    @MethodSource("names")
    void theGuestPrintsTheSameWhenAllOfItIsTranslated(String name) {
        GuestRun run = GuestRun.of(name, GuestFiles.commandLine(name), Engine.TRANSLATE_EVERYTHING);
        assertEquals(GuestFiles.text(GuestFiles.goldenFile(name)), run.text());
    }
}
