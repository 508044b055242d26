package dev.vls.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.machine.Machine;
import dev.vls.machine.VirtualClock;
import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Disassembler;
import dev.vls.machine.cpu.WrongInstruction;
import dev.vls.machine.cpu.translate.Engine;
import dev.vls.machine.hypervisor.HypervisorLog;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.replay.locate.Difference;
import dev.vls.replay.locate.DivergenceLocator;
import dev.vls.replay.locate.Execution;
import dev.vls.replay.locate.Location;
import dev.vls.replay.locate.OutputTrail;
import dev.vls.replay.locate.RepeatableRun;
import dev.vls.replay.locate.ReplayedRun;
import dev.vls.trace.TraceEvent;
import dev.vls.trace.TraceReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Faults made on purpose, and where they are found. */
class DivergenceLocatorTest {
    private static final String GUEST = "cruncher";
    private static final long STEPS = 300_000;
    private static final long SEED = 1;

    @TempDir private Path directory;
    private String recorded = "";
    private @Nullable TraceReader trace;

    @BeforeEach
    void record() {
        record(GUEST, STEPS);
    }

    private void record(String guest, long steps) {
        Path path = path(guest);
        new RecordedGuest(guest, 2, path)
                .record(
                        new VirtualClock(SEED),
                        Engine.INTERPRETER,
                        Recording.Options.every(100_000, 0, false),
                        steps);
        recorded = guest;
        trace = TraceReader.open(path);
    }

    @AfterEach
    void close() {
        trace().close();
    }

    private Path path(String guest) {
        return directory.resolve("trace-" + guest);
    }

    private TraceReader trace() {
        if (trace == null) {
            throw new IllegalStateException("not recorded");
        }
        return trace;
    }

    private RepeatableRun run(Engine engine) {
        return new ReplayedRun(
                "here",
                ReplayStarts.open(path(recorded), trace(), line -> {}),
                new ResourceGuest(recorded),
                () -> ReplayedRun.Disks.NONE,
                engine);
    }

    private Location locate(long faultSteps, Consumer<Execution> fault) {
        return locate(0, faultSteps, fault);
    }

    private Location locate(long from, long faultSteps, Consumer<Execution> fault) {
        RepeatableRun faulty = new FaultyRun(run(Engine.INTERPRETER), faultSteps, fault);
        Location location =
                new DivergenceLocator(run(Engine.INTERPRETER), faulty, line -> {})
                        .locate(from, STEPS);
        assertNotNull(location);
        return location;
    }

    private static Cpu current(Machine machine) {
        return machine.domain().vcpu(machine.currentVcpu()).cpu;
    }

    @Test
    void runsThatAreEqualHaveNoLocation() {
        assertNull(
                new DivergenceLocator(
                                run(Engine.INTERPRETER),
                                run(Engine.TRANSLATE_EVERYTHING),
                                line -> {})
                        .locate(0, STEPS + 1000));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 63, 64, 65, 77_777, 123_456, STEPS - 1})
    void namesTheRegisterAndTheInstruction(long steps) {
        Location location =
                locate(steps, run -> run.machine().domain().vcpu(1).cpu.xmm[7] ^= 1L << 40);
        assertTrue(location.isExact());
        assertEquals(steps, location.differentSteps());
        assertEquals(
                List.of("vCPU 1 xmm3.high: 0x0 here, 0x10000000000 with a fault"),
                location.differences().stream().map(d -> d.text("here", "with a fault")).toList());
        assertTrue(
                location.code().stream().filter(line -> line.startsWith("=> vcpu")).count() == 1,
                () -> location.code().toString());
    }

    @Test
    void namesThePageAndTheByte() {
        long mfn = STEPS / 7 % 3000;
        long maddr = (mfn << MachineMemory.PAGE_SHIFT) + 0x123;
        Location location =
                locate(
                        200_001,
                        run -> {
                            MachineMemory memory = run.machine().domain().memory();
                            memory.setByte(maddr, memory.getByte(maddr) ^ 0x80);
                        });
        assertEquals(200_001, location.differentSteps());
        assertTrue(location.isExact());
        assertEquals(1, location.differences().size());
        if (location.differences().getFirst() instanceof Difference.Page page) {
            assertEquals(mfn, page.mfn());
            assertEquals(0x123, page.offset());
            assertEquals(page.first() ^ 0x80, page.second());
        } else {
            throw new AssertionError(location.differences().toString());
        }
    }

    @Test
    void namesTheOutput() {
        byte[] text = "spoken out of turn\n".getBytes(StandardCharsets.US_ASCII);
        Location location = locate(150_000, run -> run.outputs().console(text, 0, text.length));
        assertEquals(150_000, location.differentSteps());
        assertEquals(1, location.differences().size());
        String difference = location.differences().getFirst().text("here", "there");
        assertTrue(
                difference.endsWith("none here, console \"spoken out of turn\\n\" there"),
                difference);
    }

    @Test
    void findsTheInstructionThatAnEngineComputesWrongly() {
        long[] rip = new long[1];
        long steps = stepsBeforeAnImmediate();
        Location location =
                locate(
                        steps,
                        run -> {
                            rip[0] = current(run.machine()).rip();
                            WrongInstruction.atNextStep(run.machine());
                        });
        assertTrue(location.isExact());
        assertEquals(steps + 1, location.differentSteps());
        String arrow =
                location.code().stream()
                        .filter(line -> line.startsWith("=>"))
                        .findFirst()
                        .orElseThrow();
        assertTrue(arrow.contains("%016x".formatted(rip[0])), arrow);
        assertTrue(arrow.contains("$0x"), arrow);
    }

    /** A place of the run whose next instruction has an immediate operand. */
    private long stepsBeforeAnImmediate() {
        long seed = Long.getLong("vls.seed", new Random().nextLong());
        System.out.println("seed of the place: -Dvls.seed=" + seed);
        Disassembler disassembler = new Disassembler();
        byte[] code = new byte[15];
        try (Execution execution = run(Engine.INTERPRETER).begin(0)) {
            long steps = new Random(seed).nextInt((int) STEPS / 2);
            while (true) {
                execution.advance(++steps);
                var vcpu = execution.machine().domain().vcpu(execution.machine().currentVcpu());
                vcpu.guest.peek(vcpu.cpu.rip(), code);
                String text = disassembler.at(code, 0, vcpu.cpu.rip()).text();
                if (text.startsWith("add $0x") || text.startsWith("mov $0x")) {
                    return steps;
                }
            }
        }
    }

    @Test
    void namesTheInputThatWasChangedInATrace() {
        trace().close();
        record("ticker", 20_000_000);
        Path other = directory.resolve("changed");
        long[] clocks = {0};
        TraceEvent.Clock[] changed = new TraceEvent.Clock[1];
        ChangedTrace.write(
                directory.resolve("trace-ticker"),
                other,
                event -> {
                    if (event instanceof TraceEvent.Clock clock && ++clocks[0] == 2) {
                        changed[0] = clock;
                        return List.of(
                                new TraceEvent.Clock(
                                        clock.vcpu(),
                                        clock.instructionCount(),
                                        clock.nanoseconds() ^ 1));
                    }
                    return List.of(event);
                });
        try (TraceReader second = TraceReader.open(other)) {
            Location location =
                    new DivergenceLocator(
                                    run(Engine.INTERPRETER),
                                    new ReplayedRun(
                                            "there",
                                            ReplayStarts.open(other, second, line -> {}),
                                            new ResourceGuest(recorded),
                                            () -> ReplayedRun.Disks.NONE,
                                            Engine.INTERPRETER),
                                    line -> {})
                            .locate(0, 20_000_000);
            assertNotNull(location);
            assertTrue(location.isExact());
            assertEquals(
                    "system time", progress(location.differences().getFirst()), location::toString);
            assertTrue(location.firstEvents().stream().anyMatch(l -> isInput(l, changed[0], 0)));
            assertTrue(location.secondEvents().stream().anyMatch(l -> isInput(l, changed[0], 1)));
        }
    }

    private static String progress(Difference difference) {
        return difference instanceof Difference.Progress progress ? progress.what() : "";
    }

    private static boolean isInput(String line, TraceEvent.Clock clock, int flipped) {
        return line.startsWith("vcpu%d %d ".formatted(clock.vcpu(), clock.instructionCount()))
                && line.endsWith("input CLOCK %d ns".formatted(clock.nanoseconds() ^ flipped));
    }

    @Test
    void beginsAtACheckpointIfTheTraceHasOne() {
        trace().close();
        Path path = directory.resolve("trace-checkpoints");
        GuestDescription guest = GuestHeader.read(trace().header());
        GuestFiles files = new ResourceGuest(recorded);
        try (Recording recording =
                Recording.begin(
                        path,
                        trace().header(),
                        Recording.Options.every(100_000, 0, false),
                        line -> {})) {
            Recording.Ports ports =
                    recording.between(
                            new Recording.Ports(
                                    new VirtualClock(SEED), (bytes, offset, length) -> {}));
            try (Machine machine =
                    guest.boot(
                            files,
                            ports.inputs(),
                            ports.outputs(),
                            HypervisorLog.SILENT,
                            Engine.INTERPRETER)) {
                recording.attach(machine);
                machine.run(100_000);
                recording.checkpoint(machine);
                recording.awaitCheckpoint();
                machine.run(STEPS);
                recording.end(machine, "test", new byte[0]);
            }
        }
        trace = TraceReader.open(path);
        try (Execution execution = run(Engine.INTERPRETER).begin(150_000)) {
            assertEquals(100_000, execution.machine().totalSteps());
        }
        Location location = locate(100_001, 123_456, run -> current(run.machine()).xmm[9] ^= 1);
        assertEquals(123_456, location.differentSteps());
        assertTrue(location.isExact());
    }

    @Test
    void searchesAllBeforeWhereTheRunsWereThoughtToBeEqual() {
        Location location = locate(250_000, 40_000, run -> current(run.machine()).xmm[9] ^= 1);
        assertEquals(40_000, location.differentSteps());
    }

    @Test
    void faultThatACloserLookDoesNotShowIsAnInterval() {
        RepeatableRun sometimes = new StoppedRun(run(Engine.INTERPRETER), 1_000);
        Location location =
                new DivergenceLocator(run(Engine.INTERPRETER), sometimes, line -> {})
                        .locate(0, STEPS);
        assertNotNull(location);
        assertEquals(false, location.isExact());
        assertTrue(location.differentSteps() - location.equalSteps() >= 1_000);
        assertTrue(location.report("a", "b").getFirst().contains("does not show"));
    }

    /** A run that goes wrong only if it is left alone for so many steps. */
    private record StoppedRun(RepeatableRun run, long steps) implements RepeatableRun {
        @Override
        public String name() {
            return run.name();
        }

        @Override
        public Execution begin(long totalSteps) {
            Execution execution = run.begin(totalSteps);
            return new Execution() {
                @Override
                public Machine machine() {
                    return execution.machine();
                }

                @Override
                public OutputTrail outputs() {
                    return execution.outputs();
                }

                @Override
                public @Nullable String advance(long to) {
                    long before = machine().totalSteps();
                    String stopped = execution.advance(to);
                    if (before < 100_000 && to >= 100_000 && to - before >= steps) {
                        current(machine()).gpr[13] ^= 2;
                    }
                    return stopped;
                }

                @Override
                public void close() {
                    execution.close();
                }
            };
        }
    }
}
