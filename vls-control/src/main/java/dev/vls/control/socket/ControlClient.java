package dev.vls.control.socket;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vls.control.CommandException;
import dev.vls.control.ExitCode;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A connection to a running guest. Used by one thread at a time. */
public final class ControlClient implements AutoCloseable {
    /** How long to wait for an answer that needs no work of the guest's. */
    public static final long PATIENCE_SECONDS = 10;

    private final String name;
    private final SocketChannel channel;
    private final InputStream input;
    private final OutputStream output;

    private ControlClient(String name, SocketChannel channel) {
        this.name = name;
        this.channel = channel;
        this.input = new BufferedInputStream(Channels.newInputStream(channel));
        this.output = Channels.newOutputStream(channel);
    }

    /**
     * Connects.
     *
     * @throws CommandException if there is no such guest, with what is known of those that there
     *     are
     */
    public static ControlClient connect(RuntimeDirectory directory, String name) {
        if (!RuntimeDirectory.isName(name) || !directory.names().contains(name)) {
            throw unreachable(name, "no guest of that name is running: see vls ps", null);
        }
        try {
            SocketChannel channel =
                    SocketChannel.open(UnixDomainSocketAddress.of(directory.socketFile(name)));
            return new ControlClient(name, channel);
        } catch (IOException e) {
            if (DomainName.sweep(directory, name)) {
                throw unreachable(name, "its process has died: start it again", e);
            }
            throw unreachable(
                    name, "its process takes no connections: it starts or ends, try again", e);
        }
    }

    /** A request to fill in and to {@link #ask}. */
    public static ObjectNode request(String command) {
        return ControlMessages.message().put("command", command);
    }

    /**
     * Sends a request and waits for its answer.
     *
     * @param seconds to wait; the connection is of no use after they have passed
     * @throws CommandException with the server's code if it refused, 5 if it does not answer
     */
    public ObjectNode ask(ObjectNode request, long seconds) {
        ObjectNode answer = tryAsk(request, seconds);
        if (answer == null) {
            throw unreachable(
                    name, "no answer in " + seconds + " s: is its process stopped?", null);
        }
        return answer;
    }

    /** The same, but null if there is no answer in that time. */
    public @Nullable ObjectNode tryAsk(ObjectNode request, long seconds) {
        FutureTask<ObjectNode> exchange = new FutureTask<>(() -> exchange(request));
        Thread.ofVirtual().name("vls-ask").start(exchange);
        ObjectNode answer;
        try {
            answer = exchange.get(seconds, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            close();
            return null;
        } catch (ExecutionException e) {
            throw unreachable(name, "its process broke off: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unreachable(name, "interrupted", e);
        }
        if (!answer.path("ok").asBoolean()) {
            throw new CommandException(
                    answer.path("code").asInt(ExitCode.FAILED),
                    "domain %s: %s".formatted(name, answer.path("error").asText("refused")));
        }
        return answer;
    }

    private ObjectNode exchange(ObjectNode request) throws IOException, ControlRefusal {
        ControlMessages.write(output, request);
        byte[] line = ControlMessages.readLine(input, ControlMessages.ANSWER_BYTES_MAX);
        if (line == null) {
            throw new IOException("it ended without an answer");
        }
        return ControlMessages.parse(line);
    }

    private static CommandException unreachable(
            String name, String problem, @Nullable Exception e) {
        String message = "domain %s: %s".formatted(name, problem);
        return e == null
                ? new CommandException(ExitCode.UNREACHABLE, message)
                : new CommandException(ExitCode.UNREACHABLE, message, e);
    }

    /** What the guest writes, after a request for the console was answered. */
    public InputStream consoleOutput() {
        return input;
    }

    /** What is typed. */
    public OutputStream consoleInput() {
        return output;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // There is nothing more to lose of it.
            return;
        }
    }
}
