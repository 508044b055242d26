package dev.vls.control.demo;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vls.control.CommandException;
import dev.vls.control.socket.ControlClient;
import dev.vls.control.socket.RuntimeDirectory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A client of {@code builtin:ledger} at its console, which goes on in another process where it was.
 * Knows what each reply has to be.
 */
final class LedgerTalk implements AutoCloseable {
    private static final Pattern REPLY =
            Pattern.compile("([0-9]{1,18}) total=([0-9]{1,18}) hash=[0-9a-f]{16}");
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long RETRY_MILLIS = 2;

    private record Connection(ControlClient client, BufferedReader lines) {}

    private @Nullable Connection connection;

    /** Bytes of the console that were read. */
    private long position;

    private long replies;
    private long total;

    /** Replies so far, each the one that it had to be. */
    long replies() {
        return replies;
    }

    /**
     * Adds a number.
     *
     * @param domain where the guest is, unless a connection is there already
     * @param next where it goes on if that is lost
     * @throws IllegalStateException if a reply is not the one that is due
     */
    void add(long value, String domain, String next) throws InterruptedException {
        try {
            connect(domain, false);
            ask("ADD " + value, value);
        } catch (IOException | CommandException lost) {
            close();
            connect(next, true);
            goOn(value);
        }
    }

    /**
     * The last request may have come into the guest, or be lost with the process that it was sent
     * to. A reply to it that is there is the same as if nothing had happened; if the next reply is
     * that to another request it was lost, and is sent again.
     */
    private void goOn(long value) throws InterruptedException {
        try {
            send("GET");
            Matcher reply = reply();
            boolean known = number(reply, 2) == total + value && value != 0;
            take(reply, known ? value : 0);
            if (known) {
                take(reply(), 0);
            } else {
                ask("ADD " + value, value);
            }
        } catch (IOException e) {
            throw wrong("the guest that goes on says nothing: " + e.getMessage());
        }
    }

    private void ask(String request, long value) throws IOException {
        send(request);
        take(reply(), value);
    }

    private void take(Matcher reply, long value) {
        if (number(reply, 1) != replies + 1 || number(reply, 2) != total + value) {
            throw wrong(
                    "reply '%s', where number %d with a total of %d was due"
                            .formatted(reply.group(), replies + 1, total + value));
        }
        replies++;
        total += value;
    }

    private static long number(Matcher reply, int group) {
        return Long.parseLong(reply.group(group));
    }

    private void connect(String domain, boolean waits) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (connection == null) {
            try {
                connection = open(domain);
            } catch (CommandException notYet) {
                if (!waits || System.nanoTime() > end) {
                    throw notYet;
                }
                Thread.sleep(RETRY_MILLIS);
            }
        }
    }

    private Connection open(String domain) {
        ControlClient client = ControlClient.connect(RuntimeDirectory.ofUser(), domain);
        try {
            ObjectNode request = ControlClient.request("console").put("from", position);
            ObjectNode answer = client.ask(request, ControlClient.PATIENCE_SECONDS);
            if (answer.path("offset").asLong() != position) {
                throw wrong("the console's output from byte %d is lost".formatted(position));
            }
        } catch (CommandException e) {
            client.close();
            throw e;
        }
        return new Connection(
                client,
                new BufferedReader(
                        new InputStreamReader(client.consoleOutput(), StandardCharsets.US_ASCII)));
    }

    private static IllegalStateException wrong(String what) {
        return new IllegalStateException(what);
    }

    private Connection connected() throws IOException {
        Connection open = connection;
        if (open == null) {
            throw new IOException("not connected");
        }
        return open;
    }

    private void send(String line) throws IOException {
        connected().client.consoleInput().write((line + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    private Matcher reply() throws IOException {
        while (true) {
            String line = connected().lines.readLine();
            if (line == null) {
                throw new IOException("closed");
            }
            position += line.length() + 1L;
            Matcher reply = REPLY.matcher(line);
            if (reply.matches()) {
                return reply;
            }
            if (!line.startsWith("ledger:")) {
                throw wrong("'%s' is no reply of a ledger".formatted(line));
            }
        }
    }

    @Override
    public void close() {
        Connection open = connection;
        connection = null;
        if (open != null) {
            open.client.close();
        }
    }
}
