package dev.vls.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.machine.Input;
import dev.vls.machine.InputSource;
import dev.vls.machine.control.ShutdownAction;
import dev.vls.machine.control.ShutdownActions;
import dev.vls.machine.cpu.translate.Engine;
import java.nio.file.Path;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Guests that are built again in the middle of a recording: after a reboot, a crash, a power-off.
 */
final class RestartReplayTest {
    private static final ShutdownActions RESTART =
            new ShutdownActions(
                    ShutdownAction.RESTART,
                    ShutdownAction.RESTART,
                    ShutdownAction.RESTART,
                    ShutdownAction.RESTART);

    @TempDir private Path directory;

    /** Seconds pass quickly: a guest that ends within one of them is not built again. */
    private static final class FastTime implements InputSource {
        private final Random random = new Random(3);
        private boolean given;

        @Override
        public long runLimit(int vcpu, long instructionCount) {
            return instructionCount + 1 + random.nextInt(3000);
        }

        @Override
        public @Nullable Input poll(int vcpu, long instructionCount, long systemTime) {
            given = !given;
            return given ? new Input.Clock(random.nextInt(1_000_000_000)) : null;
        }

        @Override
        public @Nullable Input await(
                int vcpu, long instructionCount, long systemTime, long deadline) {
            return deadline == Long.MAX_VALUE
                    ? null
                    : new Input.Clock(Math.max(deadline - systemTime, 0));
        }
    }

    @ParameterizedTest
    @CsvSource({"crash/reboot, reboot", "crash/bug, BUG", "hello, goodbye"})
    void everyLifeIsReplayed(String name, String said) {
        RecordedGuest guest = new RecordedGuest(name, 1, RESTART, directory.resolve("trace"));
        RecordedGuest.End live =
                guest.record(
                        new FastTime(),
                        Engine.INTERPRETER,
                        Recording.Options.every(5000, 100_000, false),
                        400_000);
        int lives = live.console().split(said, -1).length - 1;
        assertTrue(lives > 1, live.console());
        for (Engine engine : new Engine[] {Engine.INTERPRETER, Engine.TRANSLATE_EVERYTHING}) {
            RecordedGuest.End again = guest.replay(engine, new Random(4));
            assertEquals(live.steps(), again.steps());
            assertEquals(live.digest(), again.digest());
            assertEquals(live.console(), again.console());
        }
    }
}
