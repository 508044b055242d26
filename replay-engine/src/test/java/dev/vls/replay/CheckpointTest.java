package dev.vls.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.machine.DomainLife;
import dev.vls.machine.Input;
import dev.vls.machine.InputSource;
import dev.vls.machine.Machine;
import dev.vls.machine.OutputSink;
import dev.vls.machine.StateDigest;
import dev.vls.machine.control.ControlCommand;
import dev.vls.machine.control.ShutdownActions;
import dev.vls.machine.cpu.translate.Engine;
import dev.vls.machine.hypervisor.CpuidFile;
import dev.vls.machine.hypervisor.HypervisorLog;
import dev.vls.trace.TraceHeader;
import dev.vls.trace.TraceReader;
import dev.vls.trace.verify.TraceVerifier;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs that are recorded with checkpoints, and replayed and verified from each of them. */
final class CheckpointTest {
    private static final long STEPS = 1_200_000;
    private static final Recording.Options OFTEN = Recording.Options.every(10_000, 300_000, false);
    private static final OutputSink NOWHERE = (bytes, offset, length) -> {};

    @TempDir private Path directory;

    private record End(long steps, String digest) {}

    static Stream<Arguments> runs() {
        return Stream.of("ticker", "ledger", "diabolical", "cruncher", "conformance/vcpus")
                .flatMap(guest -> Stream.of(1, 2).map(vcpus -> Arguments.of(guest, vcpus)));
    }

    private static GuestDescription guest(String name, int vcpus) {
        return new GuestDescription(
                "guest",
                name,
                "",
                "",
                16 << 20,
                vcpus,
                CpuidFile.BASELINE.text(),
                GuestDescription.Clock.host(0),
                List.of(),
                List.of(),
                ShutdownActions.DEFAULT);
    }

    @ParameterizedTest
    @MethodSource("runs")
    void replayFromAnyCheckpointIsTheRestOfTheRun(String name, int vcpus) {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        GuestDescription guest = guest(name, vcpus);
        GuestFiles files = new ResourceGuest(name);
        Path path = directory.resolve("trace");
        InputSource source = new RandomInputs(random.nextLong(), 1 + random.nextInt(30_000), 400);
        TraceHeader header = GuestHeader.of("test", guest, files, List.of(), false);
        End live;
        try (Recording recording = Recording.begin(path, header, OFTEN, line -> {})) {
            Recording.Ports ports = recording.between(new Recording.Ports(source, NOWHERE));
            try (Machine machine = boot(guest, files, ports, Engine.INTERPRETER)) {
                recording.attach(machine);
                DomainLife life = life(guest, files, machine);
                for (int i = 0; i < 3 && !machine.domain().isShutDown(); i++) {
                    recording.run(
                            life, machine.totalSteps() + random.nextInt(150_000), () -> false);
                    recording.awaitCheckpoint();
                    recording.checkpoint(machine);
                }
                recording.checkpointEvery(1 + random.nextInt(200_000));
                live = recordToEnd(recording, machine, life);
            }
        }
        try (TraceReader reader = TraceReader.open(path)) {
            assertFalse(reader.checkpoints().isEmpty());
            for (TraceReader.Checkpoint checkpoint : reader.checkpoints()) {
                long steps = checkpoint.counts().stream().mapToLong(n -> n).sum();
                StoredCheckpoint stored = StoredCheckpoint.nearest(reader, steps);
                assertNotNull(stored);
                Engine engine =
                        random.nextBoolean() ? Engine.INTERPRETER : Engine.TRANSLATE_EVERYTHING;
                assertEquals(live, replay(reader, guest, files, stored, engine), "seed " + seed);
            }
            assertEquals(live, replay(reader, guest, files, null, Engine.INTERPRETER));
        }
    }

    /** What a replay makes beside the trace is of as much use as what the recording has made. */
    @ParameterizedTest
    @MethodSource("runs")
    void replayMakesCheckpointsToReplayFrom(String name, int vcpus) throws IOException {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        GuestDescription guest = guest(name, vcpus);
        GuestFiles files = new ResourceGuest(name);
        Path path = directory.resolve("trace");
        InputSource source = new RandomInputs(random.nextLong(), 1 + random.nextInt(30_000), 400);
        TraceHeader header = GuestHeader.of("test", guest, files, List.of(), false);
        End live;
        try (Recording recording = Recording.begin(path, header, OFTEN, line -> {})) {
            Recording.Ports ports = recording.between(new Recording.Ports(source, NOWHERE));
            try (Machine machine = boot(guest, files, ports, Engine.INTERPRETER)) {
                recording.attach(machine);
                live = recordToEnd(recording, machine, life(guest, files, machine));
            }
        }
        Path beside = ReplayCheckpoints.fileOf(path);
        try (TraceReader reader = TraceReader.open(path)) {
            long every = 1 + live.steps / 20 + random.nextLong(1 + live.steps / 4);
            assertEquals(live, replayWithCheckpoints(path, reader, guest, files, null, every));
            assertNull(TraceVerifier.verify(beside).fault());
            assertFalse(replayFromAll(path, reader, guest, files, live, seed).isEmpty());
            StoredCheckpoint last;
            try (ReplayStarts starts = ReplayStarts.open(path, reader, Assertions::fail)) {
                last = starts.nearest(Long.MAX_VALUE);
                assertNotNull(last);
                // On from a checkpoint, with checkpoints: the file is replaced while it is read.
                every = 1 + live.steps / 20;
                assertEquals(live, replayWithCheckpoints(path, reader, guest, files, last, every));
            }
            for (long steps : replayFromAll(path, reader, guest, files, live, seed)) {
                assertTrue(steps > last.steps());
            }
        }
    }

    /** Replays from each checkpoint beside a trace; where they are, in steps. */
    private static List<Long> replayFromAll(
            Path path,
            TraceReader reader,
            GuestDescription guest,
            GuestFiles files,
            End live,
            long seed) {
        List<Long> places = new ArrayList<>();
        try (ReplayStarts starts = ReplayStarts.open(path, reader, Assertions::fail)) {
            StoredCheckpoint checkpoint = starts.nearest(Long.MAX_VALUE);
            while (checkpoint != null) {
                places.add(checkpoint.steps());
                Engine engine =
                        places.size() % 2 == 0 ? Engine.INTERPRETER : Engine.TRANSLATE_EVERYTHING;
                assertEquals(
                        live, replay(reader, guest, files, checkpoint, engine), "seed " + seed);
                checkpoint = starts.nearest(checkpoint.steps() - 1);
            }
        }
        return places;
    }

    @Test
    void checkpointsOfAnotherTraceAreNotUsed() throws IOException {
        GuestDescription guest = guest("ticker", 1);
        GuestFiles files = new ResourceGuest("ticker");
        List<Path> paths = List.of(directory.resolve("one"), directory.resolve("two"));
        for (Path path : paths) {
            TraceHeader header = GuestHeader.of("test", guest, files, List.of(), false);
            InputSource source = new RandomInputs(path.toString().length(), 9_000, 20);
            try (Recording recording = Recording.begin(path, header, OFTEN, line -> {})) {
                Recording.Ports ports = recording.between(new Recording.Ports(source, NOWHERE));
                try (Machine machine = boot(guest, files, ports, Engine.INTERPRETER)) {
                    recording.attach(machine);
                    recording.run(
                            life(guest, files, machine),
                            100_000 + paths.indexOf(path),
                            () -> false);
                    recording.end(machine, "limit", StateDigest.sha256(machine.domain()));
                }
            }
        }
        try (TraceReader one = TraceReader.open(paths.getFirst());
                TraceReader two = TraceReader.open(paths.getLast())) {
            replayWithCheckpoints(paths.getFirst(), one, guest, files, null, 20_000);
            Path beside = ReplayCheckpoints.fileOf(paths.getFirst());
            Path wrong = Files.copy(beside, ReplayCheckpoints.fileOf(paths.getLast()));
            assertNotUsed(paths.getLast(), two, "of another trace");
            try (FileChannel file = FileChannel.open(wrong, StandardOpenOption.WRITE)) {
                file.truncate(Files.size(beside) - 1);
            }
            assertNotUsed(paths.getLast(), two, "incomplete");
            Files.writeString(wrong, "no checkpoints");
            assertNotUsed(paths.getLast(), two, "this is not a trace");
        }
    }

    private static void assertNotUsed(Path path, TraceReader trace, String because) {
        List<String> remarks = new ArrayList<>();
        try (ReplayStarts starts = ReplayStarts.open(path, trace, remarks::add)) {
            assertNull(starts.nearest(Long.MAX_VALUE));
        }
        assertEquals(1, remarks.size());
        assertTrue(remarks.getFirst().contains(because), remarks::getFirst);
    }

    @ParameterizedTest
    @MethodSource("runs")
    void traceMayStartFromAMachineThatRunsAlready(String name, int vcpus) {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        GuestDescription guest = guest(name, vcpus);
        GuestFiles files = new ResourceGuest(name);
        Path path = directory.resolve("trace");
        TraceHeader header = GuestHeader.of("test", guest, files, List.of(), false).ofRunning();
        Switch inputs = new Switch(new RandomInputs(random.nextLong(), 20_000, 100));
        End live;
        try (Machine machine =
                boot(
                        guest,
                        files,
                        new Recording.Ports(inputs, inputs.outputs),
                        Engine.INTERPRETER)) {
            DomainLife life = life(guest, files, machine);
            life.run(random.nextLong(100_000));
            try (Recording recording = Recording.begin(path, header, OFTEN, line -> {})) {
                Recording.Ports ports =
                        recording.between(new Recording.Ports(inputs.source, NOWHERE));
                inputs.source = ports.inputs();
                inputs.outputs.sink = ports.outputs();
                recording.attach(machine);
                recording.checkpoint(machine);
                live = recordToEnd(recording, machine, life);
            }
        }
        try (TraceReader reader = TraceReader.open(path)) {
            StoredCheckpoint first = StoredCheckpoint.first(reader);
            assertEquals(live, replay(reader, guest, files, first, Engine.INTERPRETER));
            assertEquals(live, replay(reader, guest, files, first, Engine.TRANSLATE_EVERYTHING));
        }
    }

    /** Ports that a recorder can be put behind later. */
    private static final class Switch implements InputSource {
        private static final class Outputs implements OutputSink {
            private OutputSink sink = NOWHERE;

            @Override
            public void console(byte[] bytes, int offset, int length) {
                sink.console(bytes, offset, length);
            }

            @Override
            public void controlDone(ControlCommand command, @Nullable String refusal) {
                sink.controlDone(command, refusal);
            }
        }

        private final Outputs outputs = new Outputs();
        private InputSource source;

        Switch(InputSource source) {
            this.source = source;
        }

        @Override
        public long runLimit(int vcpu, long count) {
            return source.runLimit(vcpu, count);
        }

        @Override
        public @Nullable Input poll(int vcpu, long count, long time) {
            return source.poll(vcpu, count, time);
        }

        @Override
        public @Nullable Input await(int vcpu, long count, long time, long deadline) {
            return source.await(vcpu, count, time, deadline);
        }
    }

    private static End recordToEnd(Recording recording, Machine machine, DomainLife life) {
        String exit = recording.run(life, machine.totalSteps() + STEPS, () -> false).toString();
        byte[] digest = StateDigest.sha256(machine.domain());
        recording.end(machine, exit, digest);
        return end(machine);
    }

    private static Machine boot(
            GuestDescription guest, GuestFiles files, Recording.Ports ports, Engine engine) {
        return guest.boot(files, ports.inputs(), ports.outputs(), HypervisorLog.SILENT, engine);
    }

    private static DomainLife life(GuestDescription guest, GuestFiles files, Machine machine) {
        return new DomainLife(machine, guest.actions(), ended -> guest.restart(files, ended));
    }

    /** Replays and verifies everything behind a checkpoint, or all. */
    private static End replay(
            TraceReader reader,
            GuestDescription guest,
            GuestFiles files,
            @Nullable StoredCheckpoint from,
            Engine engine) {
        return replay(reader, guest, files, from, engine, null);
    }

    private static End replayWithCheckpoints(
            Path path,
            TraceReader reader,
            GuestDescription guest,
            GuestFiles files,
            @Nullable StoredCheckpoint from,
            long every) {
        try (ReplayCheckpoints made = ReplayCheckpoints.begin(path, reader, every)) {
            return replay(reader, guest, files, from, Engine.INTERPRETER, made);
        }
    }

    private static End replay(
            TraceReader reader,
            GuestDescription guest,
            GuestFiles files,
            @Nullable StoredCheckpoint from,
            Engine engine,
            @Nullable ReplayCheckpoints made) {
        Replayer.Start start = from == null ? Replayer.Start.BOOT : from.start();
        Replayer replayer =
                new Replayer(
                        reader.eventsFrom(from == null ? 0 : from.nextEvent()),
                        start,
                        0,
                        ReplayDisks.withoutImages(),
                        true);
        if (made != null) {
            replayer.makeCheckpoints(made, () -> false);
        }
        Recording.Ports ports = replayer.between(NOWHERE);
        try (Machine machine =
                        from == null
                                ? boot(guest, files, ports, engine)
                                : from.restore(
                                        guest,
                                        ports.inputs(),
                                        ports.outputs(),
                                        HypervisorLog.SILENT,
                                        engine);
                ReplayCheckpoints closedFirst = made) {
            replayer.attach(machine, life(guest, files, machine));
            Replayer.Outcome outcome = replayer.run(Long.MAX_VALUE);
            assertTrue(outcome.atEnd());
            if (closedFirst != null) {
                closedFirst.finish();
            }
            return end(machine);
        }
    }

    private static End end(Machine machine) {
        return new End(
                machine.totalSteps(),
                HexFormat.of().formatHex(StateDigest.sha256(machine.domain())));
    }
}
