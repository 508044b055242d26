package dev.vls.control.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.vls.control.CommandException;
import dev.vls.control.socket.ControlClient;
import dev.vls.control.socket.RuntimeDirectory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Asks a leader all the time how it stands, on a thread of its own. */
final class StatusSamples implements AutoCloseable {
    private static final long PERIOD_MILLIS = 20;

    private final long startNanos;
    private final Thread thread;
    private final List<Double> lagMillis = new ArrayList<>();
    private final List<Double> logBytes = new ArrayList<>();
    private volatile boolean closed;

    /**
     * @param startNanos where the samples' time begins
     */
    StatusSamples(String domain, long startNanos) {
        this.startNanos = startNanos;
        thread = Thread.ofPlatform().daemon().name("demo-status").start(() -> run(domain));
    }

    private void run(String domain) {
        try (ControlClient client = ControlClient.connect(RuntimeDirectory.ofUser(), domain)) {
            long before = -1;
            while (!closed) {
                JsonNode pair =
                        client.ask(ControlClient.request("status"), ControlClient.PATIENCE_SECONDS)
                                .path("replication");
                long bytes = pair.path("log_bytes").asLong();
                double lag = 0;
                for (JsonNode follower : pair.path("followers")) {
                    lag = Math.max(lag, follower.path("lag_milliseconds").asDouble());
                }
                add(lag, before < 0 ? 0 : (double) (bytes - before));
                before = bytes;
                Thread.sleep(PERIOD_MILLIS);
            }
        } catch (CommandException over) {
            // It was killed, which is what this is about.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Takes the place of all samples that should have come since the last one. */
    private synchronized void add(double lag, double bytes) {
        long now = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
        int part = (int) (now / PERIOD_MILLIS);
        int parts = Math.max(1, part - lagMillis.size());
        while (lagMillis.size() < part) {
            lagMillis.add(lag);
            logBytes.add(bytes * 1000 / PERIOD_MILLIS / parts);
        }
    }

    static double stepSeconds() {
        return PERIOD_MILLIS / 1e3;
    }

    synchronized List<Double> lagMillis() {
        return List.copyOf(lagMillis);
    }

    synchronized List<Double> logBytesPerSecond() {
        return List.copyOf(logBytes);
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
