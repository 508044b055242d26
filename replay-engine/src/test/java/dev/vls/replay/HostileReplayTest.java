package dev.vls.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.machine.VirtualClock;
import dev.vls.machine.cpu.translate.Engine;
import dev.vls.trace.Bytes;
import dev.vls.trace.TraceEvent;
import dev.vls.trace.TraceException;
import dev.vls.trace.TraceFormatException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Traces that are well formed and make no sense, and such that are damaged: a replay ends with a
 * divergence or a refusal that says why, in bounded time, and never with another exception.
 */
class HostileReplayTest {
    private static final long STEPS = 9_000_000;
    private static final Duration LONG = Duration.ofMinutes(2);

    @TempDir private Path directory;
    private RecordedGuest guest = new RecordedGuest("ticker", 2, Path.of(""));
    private Path good = Path.of("");
    private Path bad = Path.of("");

    @BeforeEach
    void record() {
        good = directory.resolve("good");
        bad = directory.resolve("bad");
        new RecordedGuest("ticker", 2, good)
                .record(
                        new VirtualClock(3),
                        Engine.INTERPRETER,
                        Recording.Options.every(500_000, 0, false),
                        STEPS);
        guest = new RecordedGuest("ticker", 2, bad);
    }

    /** What a replay may throw; anything else fails the test. */
    private @Nullable String replay() {
        return Assertions.assertTimeoutPreemptively(
                LONG,
                () -> {
                    try {
                        guest.replay(Engine.INTERPRETER, new Random(1));
                        return null;
                    } catch (DivergenceException | ReplayException | TraceException e) {
                        String message = String.valueOf(e.getMessage());
                        assertFalse(message.contains("\n"), message);
                        assertTrue(message.length() > 20, message);
                        return message;
                    }
                });
    }

    private static Arguments mad(String expected, Function<TraceEvent, List<TraceEvent>> change) {
        return Arguments.of(expected, change);
    }

    /** Puts an event before the fifth one, at its place. */
    private static Function<TraceEvent, List<TraceEvent>> before5(
            Function<TraceEvent, TraceEvent> made) {
        int[] seen = {0};
        return event -> ++seen[0] == 5 ? List.of(made.apply(event), event) : List.of(event);
    }

    static Stream<Arguments> madness() {
        Bytes frame = Bytes.of(new byte[60]);
        return Stream.of(
                mad(
                        "network device 3",
                        before5(
                                e ->
                                        new TraceEvent.NetRx(
                                                e.vcpu(),
                                                e.instructionCount(),
                                                3,
                                                TraceEvent.Offload.NONE,
                                                frame))),
                mad(
                        "network device 0",
                        before5(e -> new TraceEvent.Link(e.vcpu(), e.instructionCount(), 0, true))),
                mad(
                        "which the guest has not made",
                        before5(
                                e ->
                                        new TraceEvent.BlockDone(
                                                e.vcpu(),
                                                e.instructionCount(),
                                                0,
                                                Long.MIN_VALUE,
                                                0,
                                                null))),
                mad(
                        "a command that the machine does not know",
                        before5(
                                e ->
                                        new TraceEvent.Control(
                                                e.vcpu(),
                                                e.instructionCount(),
                                                "launch",
                                                "everything"))),
                mad(
                        "beyond what the machine can count",
                        before5(
                                e ->
                                        new TraceEvent.Clock(
                                                e.vcpu(), e.instructionCount(), Long.MAX_VALUE))),
                mad(
                        "beyond what the machine can count",
                        event ->
                                event instanceof TraceEvent.Digest
                                        ? List.of()
                                        : event instanceof TraceEvent.Clock c
                                                ? List.of(
                                                        c,
                                                        new TraceEvent.Clock(
                                                                c.vcpu(),
                                                                c.instructionCount(),
                                                                1L << 61))
                                                : List.of(event)),
                mad(
                        "diverged",
                        before5(
                                e ->
                                        new TraceEvent.Clock(
                                                e.vcpu(), e.instructionCount(), 1L << 60))),
                mad(
                        "diverged",
                        event -> event instanceof TraceEvent.Clock ? List.of() : List.of(event)),
                mad(
                        "diverged",
                        before5(
                                e ->
                                        new TraceEvent.Control(
                                                e.vcpu(), e.instructionCount(), "crash", ""))),
                mad(
                        "diverged",
                        before5(
                                e ->
                                        new TraceEvent.Control(
                                                e.vcpu(), e.instructionCount(), "pause", ""))),
                mad(
                        "diverged",
                        before5(
                                e ->
                                        new TraceEvent.Digest(
                                                e.vcpu(),
                                                e.instructionCount(),
                                                Bytes.of(new byte[32]),
                                                Bytes.EMPTY,
                                                Bytes.EMPTY))));
    }

    @ParameterizedTest
    @MethodSource("madness")
    void madTraceEndsInOneLine(String expected, Function<TraceEvent, List<TraceEvent>> change) {
        ChangedTrace.write(good, bad, change);
        String message = replay();
        assertTrue(message != null && message.contains(expected), () -> "" + message);
    }

    @Test
    void commandsOfAnyTextAreRefusedOrCarriedOut() {
        List<String> texts =
                List.of(
                        "balloon -1",
                        "balloon 99999999999999999999",
                        "vcpus 0",
                        "vcpus 2147483648",
                        "nmi 7",
                        "nmi -1",
                        "store-write / x",
                        "store-write /local/domain/1/" + "a/".repeat(3000) + " x",
                        "store-rm /",
                        "resume restore",
                        "unpause",
                        "sysrq \u0000",
                        "shutdown halt");
        for (String text : texts) {
            String[] words = text.split(" ", 2);
            ChangedTrace.write(
                    good,
                    bad,
                    before5(
                            e ->
                                    new TraceEvent.Control(
                                            e.vcpu(),
                                            e.instructionCount(),
                                            words[0],
                                            words.length == 2 ? words[1] : "")));
            replay();
        }
    }

    @Test
    void placeThatTheRunNeverPassesIsADivergenceNotAHang() {
        ChangedTrace.write(
                good,
                bad,
                event ->
                        event instanceof TraceEvent.End end
                                ? List.of(
                                        new TraceEvent.End(
                                                end.vcpu(), 1L << 62, end.reason(), end.digest()))
                                : List.of(event));
        String message = replay();
        assertTrue(message != null && message.contains("diverged"), () -> "" + message);
    }

    @Test
    void damagedFilesAreRefused() throws Exception {
        byte[] bytes = Files.readAllBytes(good);
        long seed = Long.getLong("vls.seed", new Random().nextLong());
        System.out.println("seed of the damage: -Dvls.seed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            byte[] damaged = bytes.clone();
            damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            Files.write(bad, damaged);
            assertThrows(TraceFormatException.class, this::replayWhole, "round " + round);
        }
    }

    /** As the command does it: an incomplete trace is none. */
    private void replayWhole() {
        try (dev.vls.trace.TraceReader reader = dev.vls.trace.TraceReader.open(bad)) {
            TraceFormatException incomplete = reader.incomplete();
            if (incomplete != null) {
                throw incomplete;
            }
        }
        guest.replay(Engine.INTERPRETER, new Random(1));
    }

    /** Events exchanged, doubled, left out, moved and with other numbers, at random. */
    @Test
    void shuffledTracesNeverEndInAnotherException() {
        long seed = Long.getLong("vls.seed", new Random().nextLong());
        System.out.println("seed of the changes: -Dvls.seed=" + seed);
        int refused = 0;
        for (int round = 0; round < 40; round++) {
            Random random = new Random(seed + round);
            ChangedTrace.write(good, bad, event -> shuffled(event, random));
            refused += replay() == null ? 0 : 1;
        }
        assertTrue(refused > 10, "only " + refused + " of 40 changed traces were noticed");
    }

    private static List<TraceEvent> shuffled(TraceEvent event, Random random) {
        if (event instanceof TraceEvent.End || random.nextInt(8) != 0) {
            return List.of(event);
        }
        int vcpu = event.vcpu();
        long count = event.instructionCount();
        List<TraceEvent> all = new ArrayList<>();
        switch (random.nextInt(8)) {
            case 0 -> {}
            case 1 -> {
                all.add(event);
                all.add(event);
            }
            case 2 -> {
                all.add(new TraceEvent.Clock(vcpu, count, random.nextLong() >>> 1));
                all.add(event);
            }
            case 3 -> {
                byte[] typed = new byte[random.nextInt(100_000)];
                random.nextBytes(typed);
                all.add(event);
                all.add(new TraceEvent.ConsoleIn(vcpu, count, Bytes.of(typed)));
            }
            case 4 -> all.add(new TraceEvent.Clock(1 - vcpu, count, 1));
            case 5 ->
                    all.add(
                            new TraceEvent.BlockDone(
                                    vcpu,
                                    count,
                                    random.nextInt(20),
                                    random.nextLong(),
                                    random.nextInt(),
                                    Bytes.EMPTY));
            case 6 -> {
                String[] commands = {"pause", "unpause", "nmi", "crash", "shutdown", "balloon"};
                String[] arguments = {"", "0", "1", "poweroff", "suspend", "4096", "-5", "a b c"};
                all.add(
                        new TraceEvent.Control(
                                vcpu,
                                count,
                                commands[random.nextInt(commands.length)],
                                arguments[random.nextInt(arguments.length)]));
                all.add(event);
            }
            default ->
                    all.add(
                            new TraceEvent.Link(
                                    vcpu, count, random.nextInt(3), random.nextBoolean()));
        }
        return all;
    }

    @Test
    void theUnchangedTraceIsReplayed() {
        ChangedTrace.write(good, bad, List::of);
        assertEquals(null, replay());
    }
}
