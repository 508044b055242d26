package dev.vls.replay;

import dev.vls.machine.Input;
import java.util.ArrayList;
import java.util.List;
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
 * Inputs a second from one publisher through the ring to consumers that add up what they see, each
 * on its thread; until the last of them has taken the last input. With {@code -prof gc} nothing may
 * be allocated for an input.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-Xmx256m"})
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class EventRingBenchmark {
    private static final int INPUTS = 5_000_000;

    private static final class Sum implements EventConsumer {
        private long sum;

        @Override
        public void take(RecordedEvent event) {
            sum += event.instructionCount;
        }
    }

    @Param({"1", "3"})
    public int consumers = 3;

    private final Input input = new Input.Clock(500_000);
    private final EventRing ring = new EventRing();
    private final List<Sum> sums = new ArrayList<>();
    private final List<ConsumerThread> threads = new ArrayList<>();
    private long count;

    @Setup(Level.Trial)
    public void start() {
        for (int i = 0; i < consumers; i++) {
            Sum sum = new Sum();
            sums.add(sum);
            threads.add(ConsumerThread.start(ring, sum, "consumer-" + i));
        }
    }

    @TearDown(Level.Trial)
    public void stop() {
        threads.forEach(ConsumerThread::finish);
        if (sums.stream().mapToLong(sum -> sum.sum).distinct().count() != 1) {
            throw new IllegalStateException("consumers have not seen the same");
        }
    }

    /** The state of a publication changes with its place, as in a recording. */
    @Benchmark
    @OperationsPerInvocation(INPUTS)
    public long publish() {
        for (int i = 0; i < INPUTS; i++) {
            count += 20_000;
            ring.publish(0, count, input, 0, null);
        }
        while (ring.passed() < ring.published()) {
            Thread.onSpinWait();
        }
        return count;
    }
}
