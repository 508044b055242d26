package dev.vls.replay;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.vls.machine.Machine;
import dev.vls.machine.VirtualClock;
import dev.vls.machine.control.ShutdownActions;
import dev.vls.machine.cpu.translate.Engine;
import dev.vls.machine.hypervisor.CpuidFile;
import dev.vls.machine.hypervisor.HypervisorLog;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.replay.snapshot.MemoryFileReader;
import dev.vls.replay.snapshot.SnapshotException;
import dev.vls.replay.snapshot.SnapshotXml;
import dev.vls.trace.TraceHeader;
import dev.vls.trace.TraceReader;
import dev.vls.trace.TraceWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;

/**
 * Snapshots' files and checkpoints of any content are used or refused in one line. Without
 * JAZZER_FUZZ=1 in the environment, only the corpus in {@code src/test/resources} is run; with it,
 * Jazzer goes on from there.
 */
class SnapshotFuzzTest {
    private static final int PREAMBLE_BYTES = 24;
    private static final int CHUNK_BYTES = 12;
    private static final int FRAMES = 64;
    private static final int PIECE_BYTES = 1 << 20;

    @TempDir private static Path directory = Path.of("");

    private final GuestFiles files = new ResourceGuest("hello");
    private final GuestDescription guest =
            new GuestDescription(
                    "guest",
                    "hello",
                    "",
                    "",
                    4 << 20,
                    1,
                    CpuidFile.BASELINE.text(),
                    GuestDescription.Clock.virtual(0),
                    List.of(),
                    List.of(),
                    ShutdownActions.DEFAULT);

    @FuzzTest(maxDuration = "10m")
    void anyConfigurationIsReadOrRefused(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        for (String shown : List.of(text, withSum(text))) {
            try {
                SnapshotXml.read("any", shown);
            } catch (SnapshotException refusal) {
                requireOneLine(refusal);
            }
        }
    }

    private static String withSum(String body) {
        return body + "<!-- sha256 " + Sha256.hex(body) + " -->\n";
    }

    @FuzzTest(maxDuration = "10m")
    void anyMemoryIsReadOrRefused(byte[] bytes) {
        for (byte[] shown : List.of(bytes, withChecksums(bytes))) {
            try (MachineMemory memory =
                    MachineMemory.allocate((long) FRAMES << MachineMemory.PAGE_SHIFT)) {
                new MemoryFileReader("any", new ByteArrayInputStream(shown)).fill(memory);
            } catch (SnapshotException refusal) {
                requireOneLine(refusal);
            }
        }
    }

    /** Checksums keep a fuzzer from what is behind them. */
    private static byte[] withChecksums(byte[] file) {
        ByteBuffer bytes = ByteBuffer.wrap(file.clone()).order(ByteOrder.LITTLE_ENDIAN);
        if (file.length < PREAMBLE_BYTES) {
            return bytes.array();
        }
        bytes.putInt(PREAMBLE_BYTES - 4, crc(bytes.slice(0, PREAMBLE_BYTES - 4), null));
        int at = PREAMBLE_BYTES;
        while (file.length - at >= CHUNK_BYTES) {
            int length = bytes.getInt(at);
            if (length < 0 || length > file.length - at - CHUNK_BYTES) {
                break;
            }
            bytes.putInt(at + 8, crc(bytes.slice(at, 8), bytes.slice(at + CHUNK_BYTES, length)));
            at += CHUNK_BYTES + length;
        }
        return bytes.array();
    }

    private static int crc(ByteBuffer first, @Nullable ByteBuffer second) {
        CRC32C crc = new CRC32C();
        crc.update(first);
        if (second != null) {
            crc.update(second);
        }
        return (int) crc.getValue();
    }

    /**
     * A checkpoint whose pages are the bytes, but for the first two: how many of the next bytes are
     * the outputs, and whether the rest is the machine's state in place of a sound one.
     */
    @FuzzTest(maxDuration = "10m")
    void anyCheckpointIsRestoredOrRefused(byte[] bytes) throws IOException {
        if (bytes.length < 2) {
            return;
        }
        int outputs = Math.min(bytes[0] & 0xFF, bytes.length - 2);
        boolean stateToo = (bytes[1] & 1) != 0;
        byte[] state = stateToo ? bytes : soundState();
        Path path = Files.createTempFile(directory, "any", ".vls");
        try {
            TraceHeader boot = GuestHeader.of("test", guest, files, List.of(), false);
            try (TraceWriter writer = TraceWriter.create(path, boot)) {
                writer.section(
                        0, StoredCheckpoint.MACHINE, state, 0, Math.min(state.length, PIECE_BYTES));
                if (outputs > 0) {
                    writer.section(0, StoredCheckpoint.OUTPUTS, bytes, 2, outputs);
                }
                int pages = Math.min(bytes.length - 2 - outputs, PIECE_BYTES);
                if (pages > 0) {
                    writer.section(0, StoredCheckpoint.PAGES, bytes, 2 + outputs, pages);
                }
                writer.checkpoint(0, new long[] {bytes[0] & 0xFF});
                writer.end(0, 1_000_000, "fuzzed", new byte[0]);
                writer.seal();
            }
            try (TraceReader trace = TraceReader.open(path)) {
                restore(trace);
            }
        } finally {
            Files.delete(path);
        }
    }

    private byte[] soundState() {
        try (Machine machine =
                guest.boot(
                        files,
                        new VirtualClock(),
                        (bytes, offset, length) -> {},
                        HypervisorLog.SILENT,
                        Engine.INTERPRETER)) {
            machine.run(1_000);
            return machine.save();
        }
    }

    private void restore(TraceReader trace) {
        try {
            StoredCheckpoint checkpoint = StoredCheckpoint.first(trace);
            checkpoint.start();
            checkpoint
                    .restore(
                            guest,
                            new VirtualClock(),
                            (bytes, offset, length) -> {},
                            HypervisorLog.SILENT,
                            Engine.INTERPRETER)
                    .close();
        } catch (ReplayException refusal) {
            requireOneLine(refusal);
        }
    }

    private static void requireOneLine(RuntimeException refusal) {
        String message = refusal.getMessage();
        if (message == null || message.contains("\n")) {
            throw new AssertionError("not one line", refusal);
        }
    }
}
