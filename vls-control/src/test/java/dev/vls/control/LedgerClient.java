package dev.vls.control;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vls.control.socket.ControlClient;
import dev.vls.control.socket.RuntimeDirectory;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Asks builtin:ledger on its console, and checks that replies come in their order, each once. Can
 * go on in another process where it was.
 */
final class LedgerClient implements AutoCloseable {
    private static final Pattern REPLY = Pattern.compile("(\\d+) total=(\\d+) hash=[0-9a-f]{16}");

    private static final int ATTEMPTS = 1500;

    private final ControlClient client;
    private final BufferedReader lines;
    private long position;
    private long number;

    private LedgerClient(ControlClient client, long position, long number) {
        this.client = client;
        this.position = position;
        this.number = number;
        this.lines =
                new BufferedReader(
                        new InputStreamReader(client.consoleOutput(), StandardCharsets.US_ASCII));
    }

    /** Connects to a guest that nobody has asked anything. */
    static LedgerClient connect(String domain) throws InterruptedException {
        return connect(domain, 0, 0);
    }

    /** Goes on where this one is, with the guest of another process. */
    LedgerClient moveTo(String domain) throws InterruptedException {
        return connect(domain, position, number);
    }

    private static LedgerClient connect(String domain, long position, long number)
            throws InterruptedException {
        for (int i = 0; ; i++) {
            try {
                return tryConnect(domain, position, number);
            } catch (CommandException notYet) {
                // It starts, or follows still.
                if (i == ATTEMPTS) {
                    throw notYet;
                }
                Thread.sleep(20);
            }
        }
    }

    private static LedgerClient tryConnect(String domain, long position, long number) {
        ControlClient client = ControlClient.connect(RuntimeDirectory.ofUser(), domain);
        ObjectNode answer = client.ask(ControlClient.request("console").put("from", position), 10);
        if (answer.path("offset").asLong() != position) {
            throw new AssertionError("the output before is lost: " + answer);
        }
        return new LedgerClient(client, position, number);
    }

    /** The number of the last reply. */
    long number() {
        return number;
    }

    /** Adds a number; answers the total. */
    long add(long value) throws IOException {
        send("ADD " + value);
        return reply();
    }

    /** Asks for the ledger's end. */
    void quit() throws IOException {
        send("QUIT");
    }

    void send(String line) throws IOException {
        client.consoleInput().write((line + "\n").getBytes(StandardCharsets.US_ASCII));
        client.consoleInput().flush();
    }

    /**
     * The next reply's total.
     *
     * @throws EOFException if the guest's process is gone
     */
    long reply() throws IOException {
        String line = lines.readLine();
        while (line != null && line.startsWith("ledger:")) {
            position += line.length() + 1L;
            line = lines.readLine();
        }
        if (line == null) {
            throw new EOFException("the guest says nothing more");
        }
        position += line.length() + 1L;
        number++;
        Matcher words = REPLY.matcher(line.strip());
        if (!words.matches() || Long.parseLong(words.group(1)) != number) {
            throw new AssertionError("reply " + number + " was wanted: " + line);
        }
        return Long.parseLong(words.group(2));
    }

    @Override
    public void close() {
        client.close();
    }
}
