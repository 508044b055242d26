package dev.vls.machine.guests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.vls.machine.ContractEngines;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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
    void theGuestPrintsWhatItPrintsOnXenInEveryEngine(String name) {
        String golden = GuestFiles.text(GuestFiles.goldenFile(name));
        Map<String, GuestRun> runs = new TreeMap<>();
        ContractEngines.all()
                .forEach(
                        engine ->
                                runs.put(
                                        engine.getName(),
                                        GuestRun.of(
                                                name,
                                                GuestFiles.commandLine(name),
                                                engine.getPayload())));
        runs.forEach((engine, run) -> assertEquals(golden, run.text(), engine));
        // To the last bit of the final state.
        assertEquals(1, Set.copyOf(runs.values()).size(), runs::toString);
    }
}
