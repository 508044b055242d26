package dev.vls.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.vls.machine.MachineExit;
import dev.vls.machine.cpu.translate.Engine;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Inputs at random places, recorded in one engine with stops between inputs of one place, and
 * replayed in the others, which are stopped at random places of their own: every digest of the
 * trace is equal, and so is the end.
 */
final class RecordReplayPropertyTest {
    private static final long STEPS = 1_500_000;
    private static final Recording.Options OFTEN = Recording.Options.every(10_000, 400_000, false);

    private static final List<String> GUESTS =
            List.of(
                    "borders",
                    "ticker",
                    "ledger",
                    "chaos",
                    "diabolical",
                    "cruncher",
                    "conformance/vcpus",
                    "conformance/sched");

    @TempDir private Path directory;

    static Stream<Arguments> runs() {
        return GUESTS.stream()
                .flatMap(guest -> Stream.of(1, 2).map(vcpus -> Arguments.of(guest, vcpus)));
    }

    @ParameterizedTest
    @MethodSource("runs")
    void replayIsTheRecordedRunInEveryEngine(String guest, int vcpus) {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        List<Engine> engines =
                List.of(
                        Engine.INTERPRETER,
                        Engine.TRANSLATE_EVERYTHING,
                        Engine.translator(task -> false));
        RecordedGuest recorded = new RecordedGuest(guest, vcpus, directory.resolve("trace"));
        Engine recording = engines.get(random.nextInt(2));
        RandomInputs inputs = new RandomInputs(random.nextLong(), 1 + random.nextInt(30_000), 400);
        RecordedGuest.End live = recorded.record(inputs, recording, OFTEN, STEPS, inputs::attach);
        for (Engine engine : engines) {
            RecordedGuest.End again = recorded.replay(engine, new Random(random.nextLong()));
            assertEquals(live.steps(), again.steps(), "seed " + seed);
            assertEquals(live.digest(), again.digest(), "seed " + seed);
            assertEquals(live.console(), again.console(), "seed " + seed);
            if (live.exit() == MachineExit.SHUTDOWN) {
                assertEquals(MachineExit.SHUTDOWN, again.exit(), "seed " + seed);
            }
        }
    }
}
