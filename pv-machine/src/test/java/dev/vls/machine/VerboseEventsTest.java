package dev.vls.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.machine.host.events.EventKind;
import dev.vls.machine.host.events.EventLog;
import dev.vls.machine.host.events.FlightRecorder;
import dev.vls.machine.host.events.VerboseEvents;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens at the machine's boundaries, told in words. */
class VerboseEventsTest {
    private static final long STEP_LIMIT = 400_000_000;
    private static final String TICKER = "ticker.ticks=3 ticker.period_ms=3";

    private static TestMachine start(String guest, InputSource inputs, List<String> lines) {
        TestMachine test = new TestMachine(guest, guest.equals("ticker") ? TICKER : "", 2, inputs);
        test.machine.observe(new VerboseEvents(List.of(new EventLog(lines::add))));
        return test;
    }

    @ParameterizedTest
    @ValueSource(strings = {"ticker", "crasher", "conformance/vcpus", "conformance/events"})
    void replaySaysWhatTheRunSaid(String guest) {
        long seed = Long.getLong("vls.seed", new Random().nextLong());
        System.out.println("seed of inputs and cuts: -Dvls.seed=" + seed);
        Recording recording = new Recording(seed);
        List<String> said = new ArrayList<>();
        List<String> saidAgain = new ArrayList<>();
        try (TestMachine recorded = start(guest, recording, said)) {
            recorded.machine.run(STEP_LIMIT);
            Recording.Replay replay = new Recording.Replay(recording.entries, seed + 1);
            try (TestMachine replayed = start(guest, replay, saidAgain)) {
                replayed.machine.run(STEP_LIMIT);
                assertEquals(recorded.digest(), replayed.digest());
            }
        }
        assertNotEquals(List.of(), said);
        assertEquals(said, saidAgain);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ticker", "conformance/vcpus", "conformance/events"})
    void listeningLeavesNoTraceInTheGuest(String guest) {
        try (TestMachine observed = start(guest, new VirtualClock(), new ArrayList<>());
                TestMachine alone = start(guest, new VirtualClock(), new ArrayList<>())) {
            alone.machine.observe(null);
            observed.machine.run(STEP_LIMIT);
            alone.machine.run(STEP_LIMIT);
            assertEquals(alone.digest(), observed.digest());
        }
    }

    @ParameterizedTest
    @EnumSource(value = EventKind.class, names = "FAULT", mode = EnumSource.Mode.EXCLUDE)
    void tickerHasEveryKindButFaults(EventKind kind) {
        List<String> lines = new ArrayList<>();
        try (TestMachine test = start("ticker", new VirtualClock(), lines)) {
            test.machine.run(STEP_LIMIT);
        }
        String word = " " + kind.name().toLowerCase(Locale.ROOT) + " ";
        assertTrue(lines.stream().anyMatch(line -> line.contains(word)), () -> lines.toString());
    }

    @Test
    void saysWhatAHypercallAskedAndWhatWasAnswered() {
        List<String> lines = new ArrayList<>();
        try (TestMachine test = start("conformance/events", new VirtualClock(), lines)) {
            test.machine.run(STEP_LIMIT);
        }
        assertTrue(
                lines.stream()
                        .anyMatch(
                                line ->
                                        line.matches(
                                                "vcpu0 \\d+ \\d+ k [0-9a-f]{16} hypercall"
                                                        + " EVENT_CHANNEL_OP\\.SEND\\(0x4,"
                                                        + " 0x[0-9a-f]+\\) = (0x0|-E\\w+)")),
                () -> String.join("\n", lines));
    }

    @Test
    void saysWhichInstructionFaultedAndWhere() {
        List<String> lines = new ArrayList<>();
        try (TestMachine test = start("conformance/exceptions", new VirtualClock(), lines)) {
            test.machine.run(STEP_LIMIT);
        }
        assertTrue(
                lines.stream()
                        .anyMatch(
                                line ->
                                        line.matches(
                                                ".* fault #PF error 0x[0-9a-f]+ \\((not"
                                                        + " present|protection), \\w+\\) address"
                                                        + " 0x[0-9a-f]+: [a-z].*")),
                () -> String.join("\n", lines));
        assertTrue(
                lines.stream().anyMatch(line -> line.endsWith("fault #UD: ud2")),
                () -> String.join("\n", lines));
    }

    @Test
    void flightRecorderHasAnEventForEachLine(@TempDir Path folder) throws IOException {
        List<String> lines = new ArrayList<>();
        Path file = folder.resolve("events.jfr");
        try (jdk.jfr.Recording flight = new jdk.jfr.Recording();
                TestMachine test = start("ticker", new VirtualClock(), lines)) {
            flight.start();
            test.machine.observe(
                    new VerboseEvents(List.of(new EventLog(lines::add), new FlightRecorder())));
            test.machine.run(STEP_LIMIT);
            flight.stop();
            flight.dump(file);
        }
        List<String> recorded =
                RecordingFile.readAllEvents(file).stream()
                        .filter(event -> event.getEventType().getName().startsWith("dev.vls."))
                        .map(VerboseEventsTest::placeAndDetail)
                        .toList();
        List<String> logged =
                lines.stream()
                        .map(
                                line ->
                                        line.replaceFirst(
                                                " (hypercall|fault|upcall|event|timer|input) ",
                                                " "))
                        .toList();
        assertEquals(logged.stream().sorted().toList(), recorded.stream().sorted().toList());
    }

    private static String placeAndDetail(RecordedEvent event) {
        return String.format(
                Locale.ROOT,
                "vcpu%d %d %d %s %016x %s",
                event.getInt("vcpu"),
                event.getLong("instructions"),
                event.getLong("systemTime"),
                event.getBoolean("kernelMode") ? "k" : "u",
                event.getLong("rip"),
                event.getString("detail"));
    }
}
