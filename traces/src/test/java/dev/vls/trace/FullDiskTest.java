package dev.vls.trace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk without room pauses a recording and costs nothing else. */
class FullDiskTest {
    @TempDir private Path directory;

    /** A file on a disk that has room for so many bytes; what fits is written. */
    private static final class SmallDisk implements TraceFile {
        private byte[] bytes = new byte[0];
        private long room;

        @Override
        public void write(long position, byte[] source, int from, int length) throws IOException {
            int fits = Math.clamp(room - position, 0, length);
            int end = (int) position + fits;
            bytes = end > bytes.length ? Arrays.copyOf(bytes, end) : bytes;
            System.arraycopy(source, from, bytes, (int) position, fits);
            if (fits < length) {
                throw new IOException("No space left on device");
            }
        }

        @Override
        public void sync() {}

        @Override
        public void truncate(long length) {
            bytes = Arrays.copyOf(bytes, (int) length);
        }

        @Override
        public void close() {}
    }

    @Test
    void everyCallThatFailsCanBeMadeAgain() throws IOException {
        Path path = directory.resolve("whole");
        SampleTrace.writeEveryKind(path, true);
        byte[] whole = Files.readAllBytes(path);
        int headerEnds = 0;
        try (TraceReader reader = TraceReader.open(path)) {
            headerEnds = (int) reader.index().offset(1);
        }
        for (int room = headerEnds; room < whole.length; room++) {
            SmallDisk disk = new SmallDisk();
            disk.room = room;
            int failures = record(disk, whole.length);
            assertTrue(failures > 0);
            assertArrayEquals(whole, disk.bytes, "with room for " + room);
        }
    }

    /** Records what {@link SampleTrace#writeEveryKind} does; makes room when there is none. */
    private static int record(SmallDisk disk, int roomLater) throws IOException {
        int failures = 0;
        TraceWriter writer = new TraceWriter(disk, SampleTrace.header(18), 128, true);
        List<Runnable> calls = calls(writer);
        for (Runnable call : calls) {
            try {
                call.run();
            } catch (TraceIoException e) {
                failures++;
                assertTrue(String.valueOf(e.getMessage()).contains("No space left"));
                assertThrows(TraceIoException.class, call::run);
                disk.room = roomLater;
                call.run();
            }
        }
        writer.close();
        return failures;
    }

    private static List<Runnable> calls(TraceWriter writer) {
        List<Runnable> calls = new ArrayList<>();
        calls.add(() -> writer.attachment("kernel", 12, 0, new byte[12], 0, 12));
        calls.add(() -> writer.attachment("disk0", 1 << 20, 4096, new byte[] {1, 2, 3}, 0, 3));
        List<TraceEvent> events = SampleTrace.everyKind();
        for (int i = 0; i < events.size(); i++) {
            if (i == 11) {
                calls.add(() -> writer.section(0, "memory", new byte[300], 0, 300));
                calls.add(() -> writer.section(0, "vcpu0", new byte[] {9}, 0, 1));
                calls.add(() -> writer.section(0, "memory", new byte[] {8, 8}, 0, 2));
                calls.add(() -> writer.checkpoint(0, new long[18]));
                calls.add(() -> writer.section(3, "given up", new byte[] {1}, 0, 1));
                calls.add(
                        () ->
                                writer.attachment(
                                        "disk0", 1 << 20, (1 << 20) - 1, new byte[] {4}, 0, 1));
            }
            TraceEvent event = events.get(i);
            calls.add(() -> SampleTrace.write(writer, event));
        }
        calls.add(writer::seal);
        return calls;
    }

    /** The process below may write files of this length at first. */
    private static final int LIMIT_BYTES = 64 << 10;

    private static final int EVENTS = 40_000;

    /** Records in a process of its own, and waits for a line of input whenever that fails. */
    public static void main(String[] arguments) throws IOException {
        BufferedReader input =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (TraceWriter writer =
                TraceWriter.create(Path.of(arguments[0]), SampleTrace.header(1))) {
            for (int i = 0; i <= EVENTS; i++) {
                boolean done = false;
                while (!done) {
                    try {
                        if (i == EVENTS) {
                            writer.seal();
                        } else {
                            writer.clock(0, i * 50_000L, i * 7919L % 1_000_003);
                        }
                        done = true;
                    } catch (TraceIoException e) {
                        System.out.println("paused: " + e.getMessage());
                        if (input.readLine() == null) {
                            throw e;
                        }
                    }
                }
            }
        }
        System.out.println("sealed");
    }

    @Test
    void aRealLimitOfTheHostPausesARealProcess() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/prlimit")), "needs prlimit");
        Path path = directory.resolve("trace");
        Process process =
                ChildJvm.start(
                        List.of("prlimit", "--fsize=" + LIMIT_BYTES + ":unlimited"),
                        FullDiskTest.class,
                        path.toString());
        try (BufferedReader output = process.inputReader()) {
            String line = output.readLine();
            assertTrue(line != null && line.startsWith("paused: "), line);
            assertTrue(Files.size(path) <= LIMIT_BYTES);
            String raise = "prlimit --fsize=unlimited --pid=" + process.pid();
            assertEquals(0, new ProcessBuilder(raise.split(" ")).inheritIO().start().waitFor());
            process.outputWriter().append("go on\n").flush();
            assertEquals("sealed", output.readLine());
            assertEquals(0, process.waitFor());
        } finally {
            process.destroyForcibly();
        }
        try (TraceReader reader = TraceReader.open(path)) {
            List<TraceEvent> events = SampleTrace.readAll(reader);
            assertEquals(EVENTS, events.size());
            for (int i = 0; i < EVENTS; i++) {
                assertEquals(
                        new TraceEvent.Clock(0, i * 50_000L, i * 7919L % 1_000_003), events.get(i));
            }
        }
    }
}
