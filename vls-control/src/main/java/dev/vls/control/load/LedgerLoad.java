package dev.vls.control.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/**
 * The client of {@code builtin:ledger}: one connection with requests one after another, or some
 * under way. Each reply carries a number, the total and a hash over all requests, which are all
 * computed here, too. It has to be the only one.
 */
@Command(
        name = "ledger",
        description =
                "Have builtin:ledger add numbers, and check that no reply is lost, doubled or out of order.")
final class LedgerLoad extends LoadClient {
    private static final int WINDOW_MAX = 10_000;

    @Option(
            names = "--window",
            paramLabel = "N",
            defaultValue = "1",
            description = "Requests under way (default: ${DEFAULT-VALUE}).")
    int window;

    private final LedgerBook book = new LedgerBook();
    private long[] sentNanos = new long[0];

    @Override
    LoadResult load(InetSocketAddress address, Timeline timeline, long endNanos) {
        if (window < 1 || window > WINDOW_MAX) {
            throw new ParameterException(
                    spec.commandLine(), "--window %d: from 1 to %d".formatted(window, WINDOW_MAX));
        }
        sentNanos = new long[window];
        long start = System.nanoTime();
        try (Socket socket = connectFirst(address)) {
            talk(socket, timeline, endNanos);
        } catch (IOException e) {
            failed(String.valueOf(e.getMessage()));
        }
        timeline.end(System.nanoTime());
        Map<String, Long> wrong = new LinkedHashMap<>();
        wrong.put("lost", book.lost());
        wrong.put("doubled or reordered", book.doubled());
        wrong.put("with a wrong total or hash", book.wrong());
        return new LoadResult(
                "ledger",
                "replies",
                secondsSince(start),
                timeline,
                latencies,
                wrong,
                Map.of(),
                failure());
    }

    private static Socket connectFirst(InetSocketAddress address) {
        try {
            return connect(address);
        } catch (IOException e) {
            throw unreachable(address, e.getMessage());
        }
    }

    private void talk(Socket socket, Timeline timeline, long endNanos) throws IOException {
        OutputStream out = socket.getOutputStream();
        BufferedReader in =
                new BufferedReader(
                        new InputStreamReader(new PromptInput(socket), StandardCharsets.US_ASCII));
        out.write("GET\n".getBytes(StandardCharsets.US_ASCII));
        String first = line(in);
        if (!book.begin(first)) {
            throw new IOException("'%s' is no reply of a ledger".formatted(first));
        }
        long sent = 0;
        long received = 0;
        while (true) {
            boolean more = System.nanoTime() < endNanos;
            if (!more && sent == received) {
                return;
            }
            StringBuilder requests = new StringBuilder();
            for (; more && sent - received < window; sent++) {
                String request = "ADD " + (sent % 1000);
                book.request(request, sent % 1000);
                requests.append(request).append('\n');
                sentNanos[(int) (sent % window)] = System.nanoTime();
            }
            out.write(requests.toString().getBytes(StandardCharsets.US_ASCII));
            do {
                book.reply(line(in));
                long now = System.nanoTime();
                latencies.recordValue(now - sentNanos[(int) (received % window)]);
                received++;
                timeline.add(now, 1);
            } while (in.ready() && received < sent);
        }
    }

    private static String line(BufferedReader in) throws IOException {
        String line = in.readLine();
        if (line == null) {
            throw new IOException("closed by the guest");
        }
        return line;
    }
}
