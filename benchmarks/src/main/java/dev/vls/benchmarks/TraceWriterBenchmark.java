package dev.vls.benchmarks;

import dev.vls.trace.TraceEvent;
import dev.vls.trace.TraceHeader;
import dev.vls.trace.TraceWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Nanoseconds and bytes an input of the trace writer, compression and writing to a file in the
 * temporary directory included; with {@code -prof gc} the allocation shows as well, which must be
 * none but some hundred bytes a chunk. Counts and times are drawn from a seeded generator.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-Xmx256m"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class TraceWriterBenchmark {
    private static final int INPUTS = 10_000;
    private static final int FRAME_BYTES = 1_500;

    /** What is recorded. */
    public enum Load {
        /** The clock alone, as a busy guest asks for it. */
        CLOCK,
        /** A round of clock, finished disk request, clock and a frame of 1500 random bytes. */
        MIXED
    }

    @Param public Load load = Load.CLOCK;

    private final int[] steps = new int[INPUTS];
    private final int[] nanoseconds = new int[INPUTS];

    /** More than a chunk holds, so that no frame in it comes twice. */
    private final byte[] frames = new byte[1 << 20];

    private final byte[] digest = new byte[32];
    private final byte[] none = new byte[0];
    private Path path = Path.of("");

    @SuppressWarnings("NullAway.Init") // JMH calls open() first.
    private TraceWriter writer;

    private long icount;
    private long inputs;

    @Setup(Level.Iteration)
    public void open() throws IOException {
        Random random = new Random(1);
        for (int i = 0; i < INPUTS; i++) {
            steps[i] = random.nextInt(50_000);
            nanoseconds[i] = random.nextInt(500_000);
        }
        random.nextBytes(frames);
        path = Files.createTempFile("trace-writer", ".vls");
        TraceHeader header =
                new TraceHeader(
                        "benchmark",
                        TraceHeader.SNAPSHOT,
                        null,
                        null,
                        List.of(),
                        "",
                        1,
                        1,
                        "",
                        new TraceHeader.Clock("host", 0, 0, 0),
                        List.of());
        writer = TraceWriter.create(path, header);
        icount = 0;
        inputs = 0;
    }

    @TearDown(Level.Iteration)
    public void close() throws IOException {
        writer.seal();
        System.out.printf("%.2f bytes an input%n", (double) writer.bytesWritten() / inputs);
        writer.close();
        Files.delete(path);
    }

    @Benchmark
    @OperationsPerInvocation(INPUTS)
    public long input() {
        for (int i = 0; i < INPUTS; i++) {
            icount += steps[i];
            if (load == Load.CLOCK || (i & 1) == 0) {
                writer.clock(0, icount, nanoseconds[i]);
            } else if ((i & 2) == 0) {
                writer.blockDone(0, icount, 0, inputs + i, 0);
            } else {
                int from = (i * FRAME_BYTES) & (frames.length / 2 - 1);
                writer.netRx(0, icount, 0, TraceEvent.Offload.BLANK, frames, from, FRAME_BYTES);
            }
        }
        inputs += INPUTS;
        digest[0]++;
        writer.digest(0, icount, digest, digest, none);
        return icount;
    }
}
