package dev.vls.control.load;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/**
 * Clients that fetch one file over HTTP/1.1 again and again, each over a connection of its own that
 * it keeps as long as the server does. All fetches have to bring the same bytes.
 */
@Command(
        name = "web",
        description = "Fetch a file with many clients, and check that all get the same.")
final class WebLoad extends LoadClient {
    private static final int CLIENTS_MAX = 10_000;
    private static final int LINE_BYTES_MAX = 8192;
    private static final int PIECE_BYTES = 64 << 10;

    @Option(
            names = "--clients",
            paramLabel = "N",
            defaultValue = "100",
            description = "How many at once (default: ${DEFAULT-VALUE}).")
    int clients;

    @Option(
            names = "--path",
            paramLabel = "P",
            defaultValue = "/file",
            description = "What they fetch (default: ${DEFAULT-VALUE}).")
    String path = "";

    private final AtomicLong fetched = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong different = new AtomicLong();
    private final AtomicReference<@Nullable Content> content = new AtomicReference<>();

    private record Content(long length, long crc) {}

    @Override
    LoadResult load(InetSocketAddress address, Timeline timeline, long endNanos)
            throws InterruptedException {
        if (clients < 1 || clients > CLIENTS_MAX) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--clients %d: from 1 to %d".formatted(clients, CLIENTS_MAX));
        }
        try {
            connect(address).close();
        } catch (IOException e) {
            throw unreachable(address, e.getMessage());
        }
        long start = System.nanoTime();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < clients; i++) {
                threads.execute(() -> fetchAll(address, timeline, endNanos));
            }
            threads.shutdown();
            threads.awaitTermination(1, TimeUnit.DAYS);
        }
        timeline.end(System.nanoTime());
        Map<String, Long> wrong = new LinkedHashMap<>();
        wrong.put("failed requests", failed.get());
        wrong.put("files that differ from the first", different.get());
        return new LoadResult(
                "web",
                "bytes",
                secondsSince(start),
                timeline,
                latencies,
                wrong,
                Map.of("files", fetched.get()),
                failure());
    }

    private void fetchAll(InetSocketAddress address, Timeline timeline, long endNanos) {
        while (System.nanoTime() < endNanos) {
            try (Socket socket = connect(address)) {
                InputStream in = new BufferedInputStream(socket.getInputStream(), PIECE_BYTES);
                boolean open = true;
                while (open && System.nanoTime() < endNanos) {
                    open = fetch(socket, in, timeline);
                }
            } catch (IOException e) {
                failed.incrementAndGet();
                failed("a request: " + e.getMessage());
                return;
            }
        }
    }

    /** Fetches it once; answers whether the server leaves the connection open. */
    private boolean fetch(Socket socket, InputStream in, Timeline timeline) throws IOException {
        long start = System.nanoTime();
        String request =
                "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n"
                        .formatted(path, socket.getInetAddress().getHostAddress());
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        String status = line(in);
        if (!status.matches("HTTP/1\\.[01] 200 .*")) {
            throw new IOException("answered '" + status + "'");
        }
        boolean open = status.startsWith("HTTP/1.1");
        long length = -1;
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Long.parseLong(lower.substring(lower.indexOf(':') + 1).strip());
            } else if (lower.startsWith("connection:") && lower.contains("close")) {
                open = false;
            }
        }
        check(body(in, length, timeline));
        latencies.recordValue(System.nanoTime() - start);
        fetched.incrementAndGet();
        return open && length >= 0;
    }

    /** Reads so many bytes, or to the end of the stream if that was not said. */
    private static Content body(InputStream in, long length, Timeline timeline) throws IOException {
        byte[] piece = new byte[PIECE_BYTES];
        CRC32C crc = new CRC32C();
        long done = 0;
        while (length < 0 || done < length) {
            long wanted = length < 0 ? piece.length : Math.min(piece.length, length - done);
            int count = in.read(piece, 0, (int) wanted);
            if (count < 0) {
                if (length < 0) {
                    break;
                }
                throw new IOException("closed after %d of %d bytes".formatted(done, length));
            }
            timeline.add(System.nanoTime(), count);
            crc.update(piece, 0, count);
            done += count;
        }
        return new Content(done, crc.getValue());
    }

    private void check(Content got) {
        Content first = content.compareAndExchange(null, got);
        if (first != null && !first.equals(got)) {
            different.incrementAndGet();
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("closed before the answer");
            }
            if (line.length() == LINE_BYTES_MAX) {
                throw new IOException("a line of the answer is too long");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }
}
