package dev.vls.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.machine.cpu.translate.Engine;
import dev.vls.trace.Bytes;
import dev.vls.trace.EventCursor;
import dev.vls.trace.TraceEvent;
import dev.vls.trace.TraceReader;
import dev.vls.trace.TraceWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Traces that were changed in one event: a replay says that, and where. */
final class DivergenceTest {
    @TempDir private Path directory;
    private RecordedGuest guest = new RecordedGuest("borders", 1, Path.of(""));

    @BeforeEach
    void record() {
        guest = new RecordedGuest("borders", 1, trace());
        guest.record(
                new RandomInputs(5, 800, 2000),
                Engine.INTERPRETER,
                Recording.Options.every(20_000, 100_000, false),
                1_000_000);
    }

    private Path trace() {
        return directory.resolve("trace");
    }

    /** The trace with one event changed: the first from a number on that the change applies to. */
    private long change(long from, UnaryOperator<TraceEvent> change) throws Exception {
        Path copy = directory.resolve("copy");
        long changed = -1;
        try (TraceReader reader = TraceReader.open(trace());
                TraceWriter writer = TraceWriter.create(copy, reader.header())) {
            EventCursor events = reader.events();
            long number = 0;
            for (TraceEvent e = events.next(); e != null; e = events.next()) {
                TraceEvent written = number >= from && changed < 0 ? change.apply(e) : e;
                changed = written.equals(e) ? changed : number;
                write(writer, written);
                number++;
            }
            writer.seal();
        }
        assertTrue(changed >= 0, "nothing to change");
        Files.move(copy, trace(), StandardCopyOption.REPLACE_EXISTING);
        return changed;
    }

    private static void write(TraceWriter writer, TraceEvent event) {
        int vcpu = event.vcpu();
        long count = event.instructionCount();
        switch (event) {
            case TraceEvent.Clock e -> writer.clock(vcpu, count, e.nanoseconds());
            case TraceEvent.ConsoleIn e ->
                    writer.consoleIn(vcpu, count, e.data().toArray(), 0, e.data().length());
            case TraceEvent.Control e -> writer.control(vcpu, count, e.command(), e.argument());
            case TraceEvent.Digest e ->
                    writer.digest(
                            vcpu,
                            count,
                            e.outputs().toArray(),
                            e.vcpus().toArray(),
                            e.memory().toArray());
            case TraceEvent.End e -> writer.end(vcpu, count, e.reason(), e.digest().toArray());
            default -> throw new IllegalArgumentException(event.kind());
        }
    }

    private Divergence replay() {
        return assertThrows(
                        DivergenceException.class,
                        () -> guest.replay(Engine.INTERPRETER, new Random(1)))
                .divergence;
    }

    @Test
    void anotherTimeIsSeenAtTheNextDigest() throws Exception {
        long changed =
                change(
                        100,
                        e ->
                                e instanceof TraceEvent.Clock c
                                        ? new TraceEvent.Clock(
                                                c.vcpu(), c.instructionCount(), c.nanoseconds() + 1)
                                        : e);
        Divergence found = replay();
        assertEquals(Divergence.What.VCPUS, found.what());
        assertTrue(found.equal().event() < changed && changed < found.different().event());
        assertTrue(found.equal().totalSteps() < found.different().totalSteps());
    }

    @Test
    void anotherDigestIsSeenAtItsPlace() throws Exception {
        Bytes other = Bytes.of(new byte[32]);
        long changed =
                change(
                        60,
                        e ->
                                e instanceof TraceEvent.Digest d
                                        ? new TraceEvent.Digest(
                                                d.vcpu(),
                                                d.instructionCount(),
                                                other,
                                                d.vcpus(),
                                                d.memory())
                                        : e);
        Divergence found = replay();
        assertEquals(Divergence.What.OUTPUTS, found.what());
        assertEquals(changed, found.different().event());
    }

    @Test
    void anotherMemoryIsSeenAtItsPlace() throws Exception {
        Bytes other = Bytes.of(new byte[32]);
        long changed =
                change(
                        10,
                        e ->
                                e instanceof TraceEvent.Digest d && d.memory().length() > 0
                                        ? new TraceEvent.Digest(
                                                d.vcpu(),
                                                d.instructionCount(),
                                                d.outputs(),
                                                d.vcpus(),
                                                other)
                                        : e);
        Divergence found = replay();
        assertEquals(Divergence.What.MEMORY, found.what());
        assertEquals(changed, found.different().event());
    }

    @Test
    void anotherEndIsSeenAtTheEnd() throws Exception {
        Bytes other = Bytes.of(new byte[32]);
        change(
                0,
                e ->
                        e instanceof TraceEvent.End end
                                ? new TraceEvent.End(
                                        end.vcpu(), end.instructionCount(), end.reason(), other)
                                : e);
        assertTrue(replay().detail().contains("final state"));
    }

    /** Its places are no more those of the guest, which is noticed without any digest. */
    @Test
    void guestThatWaitsElsewhereIsNoticed() throws Exception {
        change(
                150,
                e ->
                        e instanceof TraceEvent.Clock c
                                ? new TraceEvent.Clock(
                                        c.vcpu(), c.instructionCount(), 3_600_000_000_000L)
                                : e);
        Divergence found = replay();
        assertTrue(
                found.what() == Divergence.What.PLACE
                        || found.what() == Divergence.What.VCPUS
                        || found.what() == Divergence.What.END);
    }
}
