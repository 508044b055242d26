package dev.vls.control.load;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Asks a UDP echo (port 7 of every builtin guest with a network) at a steady rate. */
@Command(
        name = "probe",
        description = "Ask the guest's UDP echo all the time, and say how long it was silent.")
final class ProbeLoad extends LoadClient {
    private static final int RATE_MAX = 100_000;
    private static final int PROBE_BYTES = 16;
    private static final int LOOK_MILLIS = 100;
    private static final long LAST_REPLY_NANOS = TimeUnit.SECONDS.toNanos(1);

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Probes a second (default: ${DEFAULT-VALUE}).")
    int rate;

    /** When the receiver ends; until the sender has, not within reach. */
    private volatile long stopNanos = System.nanoTime() + TimeUnit.DAYS.toNanos(365);

    private final AtomicLong sent = new AtomicLong();

    @Override
    LoadResult load(InetSocketAddress address, Timeline timeline, long endNanos)
            throws InterruptedException {
        if (rate < 1 || rate > RATE_MAX) {
            throw new ParameterException(
                    spec.commandLine(), "--rate %d: from 1 to %d".formatted(rate, RATE_MAX));
        }
        long start = System.nanoTime();
        double took = 0;
        try (DatagramChannel channel = DatagramChannel.open()) {
            channel.connect(address);
            channel.socket().setSoTimeout(LOOK_MILLIS);
            Thread receiver = Thread.ofPlatform().start(() -> receive(channel, timeline));
            try {
                send(channel, endNanos);
            } finally {
                took = secondsSince(start);
                timeline.end(System.nanoTime());
                stopNanos = System.nanoTime() + LAST_REPLY_NANOS;
                receiver.join();
            }
        } catch (IOException e) {
            failed(String.valueOf(e.getMessage()));
        }
        if (timeline.total() == 0) {
            throw unreachable(address, failure().isEmpty() ? "no echo came" : failure());
        }
        return new LoadResult(
                "probe",
                "echoes",
                took,
                timeline,
                latencies,
                Map.of(),
                Map.of("sent", sent.get(), "without an echo", sent.get() - timeline.total()),
                failure());
    }

    private void send(DatagramChannel channel, long endNanos) throws IOException {
        long period = TimeUnit.SECONDS.toNanos(1) / rate;
        ByteBuffer probe = ByteBuffer.allocate(PROBE_BYTES);
        for (long next = System.nanoTime(); next < endNanos; next += period) {
            for (long left = next - System.nanoTime(); left > 0; left = next - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            probe.clear();
            probe.putLong(sent.incrementAndGet()).putLong(System.nanoTime()).flip();
            channel.write(probe);
        }
    }

    private void receive(DatagramChannel channel, Timeline timeline) {
        ByteBuffer echo = ByteBuffer.allocate(PROBE_BYTES);
        DatagramPacket packet = new DatagramPacket(echo.array(), PROBE_BYTES);
        while (System.nanoTime() - stopNanos < 0) {
            try {
                channel.socket().receive(packet);
                long now = System.nanoTime();
                if (packet.getLength() == PROBE_BYTES) {
                    latencies.recordValue(now - echo.getLong(Long.BYTES));
                    timeline.add(now, 1);
                }
            } catch (SocketTimeoutException e) {
                // The loop looks whether it is time to end.
            } catch (IOException e) {
                failed(String.valueOf(e.getMessage()));
                return;
            }
        }
    }
}
