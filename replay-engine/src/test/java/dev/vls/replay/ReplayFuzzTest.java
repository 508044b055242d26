package dev.vls.replay;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.vls.machine.DomainLife;
import dev.vls.machine.Machine;
import dev.vls.machine.control.ShutdownActions;
import dev.vls.machine.cpu.translate.Engine;
import dev.vls.machine.hypervisor.CpuidFile;
import dev.vls.machine.hypervisor.HypervisorLog;
import dev.vls.trace.TraceEvent;
import dev.vls.trace.TraceReader;
import dev.vls.trace.TraceWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/**
 * Replays of any list of events that a trace can hold: they are replayed, refused or a divergence.
 * Without JAZZER_FUZZ=1 in the environment, only the corpus in {@code src/test/resources} is run;
 * with it, Jazzer goes on from there. An event is a byte for its kind, one for the vCPU, three for
 * how far its count is behind the last one's, one for the length of its payload, and that.
 */
class ReplayFuzzTest {
    private static final int VCPUS = 2;
    private static final int HEAD_BYTES = 6;
    private static final int KINDS = 7;
    private static final long STEPS_MAX = 2_000_000;

    @TempDir private static Path directory = Path.of("");

    private final GuestFiles files = new ResourceGuest("hello");
    private final GuestDescription guest =
            new GuestDescription(
                    "guest",
                    "hello",
                    "",
                    "",
                    4 << 20,
                    VCPUS,
                    CpuidFile.BASELINE.text(),
                    GuestDescription.Clock.host(0),
                    List.of(),
                    List.of(),
                    ShutdownActions.DEFAULT);

    @FuzzTest(maxDuration = "10m")
    void anyEventsAreReplayedOrRefused(byte[] bytes) throws IOException {
        Path path = Files.createTempFile(directory, "any", ".vls");
        try {
            write(path, ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
            try (TraceReader trace = TraceReader.open(path)) {
                replay(trace);
            }
        } finally {
            Files.delete(path);
        }
    }

    private void write(Path path, ByteBuffer input) {
        long[] counts = new long[VCPUS];
        try (TraceWriter writer =
                TraceWriter.create(path, GuestHeader.of("test", guest, files, List.of(), false))) {
            while (input.remaining() >= HEAD_BYTES) {
                int kind = (input.get() & 0xFF) % KINDS;
                int vcpu = (input.get() & 0xFF) % VCPUS;
                counts[vcpu] += (input.getShort() & 0xFFFF) | (input.get() & 0xFF) << 16;
                byte[] payload = new byte[Math.min(input.get() & 0xFF, input.remaining())];
                input.get(payload);
                event(writer, kind, vcpu, counts[vcpu], payload);
            }
            writer.end(0, counts[0], "fuzzed", new byte[0]);
            writer.seal();
        }
    }

    private static void event(TraceWriter writer, int kind, int vcpu, long count, byte[] payload) {
        ByteBuffer numbers = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        numbers.put(payload, 0, Math.min(payload.length, 16)).clear();
        switch (kind) {
            case 0 -> writer.clock(vcpu, count, numbers.getLong() & Long.MAX_VALUE);
            case 1 ->
                    writer.netRx(
                            vcpu,
                            count,
                            numbers.get() & 0xF,
                            TraceEvent.Offload.NONE,
                            payload,
                            0,
                            payload.length);
            case 2 -> writer.link(vcpu, count, numbers.get() & 0xF, numbers.get() != 0);
            case 3 ->
                    writer.blockDone(
                            vcpu, count, numbers.get() & 0xF, numbers.getLong(), numbers.get());
            case 4 -> {
                String[] words = new String(payload, StandardCharsets.US_ASCII).split(" ", 2);
                writer.control(vcpu, count, words[0], words.length == 2 ? words[1] : "");
            }
            case 5 -> writer.consoleIn(vcpu, count, payload, 0, payload.length);
            default -> {
                byte[] none = new byte[0];
                writer.digest(vcpu, count, Arrays.copyOf(payload, 32), none, none);
            }
        }
    }

    private void replay(TraceReader trace) {
        GuestDescription described = GuestHeader.read(trace.header());
        Replayer replayer =
                new Replayer(
                        trace.events(), Replayer.Start.BOOT, 0, ReplayDisks.withoutImages(), true);
        Recording.Ports ports = replayer.between((bytes, offset, length) -> {});
        try (Machine machine =
                described.boot(
                        files,
                        ports.inputs(),
                        ports.outputs(),
                        HypervisorLog.SILENT,
                        Engine.INTERPRETER)) {
            replayer.attach(
                    machine,
                    new DomainLife(
                            machine,
                            described.actions(),
                            ended -> described.restart(files, ended)));
            replayer.run(STEPS_MAX);
        } catch (DivergenceException | ReplayException expected) {
            if (expected.getMessage() == null || expected.getMessage().contains("\n")) {
                throw new AssertionError("not one line", expected);
            }
        }
    }
}
