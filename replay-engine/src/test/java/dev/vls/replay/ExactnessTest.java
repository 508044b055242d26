package dev.vls.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.machine.control.ShutdownActions;
import dev.vls.machine.cpu.translate.Engine;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The rules of docs/spec/determinism.md at every kind of place: a guest that is always at some
 * border is given an input at nearly every step, in one engine, with digests all along; in the
 * others all of them are equal.
 */
final class ExactnessTest {
    private static final long STEPS = 600_000;

    private static final List<Engine> ENGINES =
            List.of(Engine.INTERPRETER, Engine.TRANSLATE_EVERYTHING);

    @TempDir private Path directory;

    @Test
    void inputsAtEveryBorderActExactlyThereInEveryEngine() {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Map<BorderInputs.Border, Integer> met = new EnumMap<>(BorderInputs.Border.class);
        for (Engine recording : ENGINES) {
            for (int vcpus = 1; vcpus <= 2; vcpus++) {
                BorderInputs inputs = new BorderInputs(random.nextLong());
                recordAndReplay(vcpus, inputs, recording, random);
                inputs.met().forEach((border, count) -> met.merge(border, count, Integer::sum));
            }
        }
        System.out.println(met);
        for (BorderInputs.Border border : BorderInputs.Border.values()) {
            assertTrue(met.containsKey(border), "no input came at " + border + ", seed " + seed);
        }
    }

    private void recordAndReplay(int vcpus, BorderInputs inputs, Engine recording, Random random) {
        RecordedGuest guest =
                new RecordedGuest(
                        "borders",
                        "borders.rounds=1 borders.requests=5000 borders.period_ns=200000",
                        vcpus,
                        ShutdownActions.DEFAULT,
                        directory.resolve("trace"));
        RecordedGuest.End live =
                guest.record(
                        inputs,
                        recording,
                        Recording.Options.every(1000, 200_000, false),
                        STEPS,
                        inputs::attach);
        for (Engine engine : ENGINES) {
            RecordedGuest.End again = guest.replay(engine, new Random(random.nextLong()));
            assertEquals(live.steps(), again.steps());
            assertEquals(live.digest(), again.digest());
            assertEquals(live.console(), again.console());
        }
    }
}
