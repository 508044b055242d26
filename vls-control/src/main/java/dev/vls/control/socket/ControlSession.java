package dev.vls.control.socket;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vls.control.console.ConsoleBuffer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.util.Arrays;

/** The server's side of one connection, on a thread of its own. */
final class ControlSession {
    private static final int CHUNK_BYTES = 8192;

    private final SocketChannel channel;
    private final ControlService service;
    private final Runnable settled;
    private volatile long lastRequestNanoseconds = System.nanoTime();
    private volatile boolean busy;

    /**
     * @param settled called when it is not busy any more
     */
    ControlSession(SocketChannel channel, ControlService service, Runnable settled) {
        this.channel = channel;
        this.service = service;
        this.settled = settled;
    }

    /** Whether it is a console or carries out a command: then it need not make room for others. */
    boolean isBusy() {
        return busy;
    }

    long idleNanoseconds(long now) {
        return now - lastRequestNanoseconds;
    }

    /** Ends the session from another thread. */
    void close() {
        try {
            channel.close();
        } catch (IOException gone) {
            // It is what was wanted.
            return;
        }
    }

    /** Serves the client until it leaves or breaks the protocol. */
    void run() {
        try (channel;
                InputStream input = new BufferedInputStream(Channels.newInputStream(channel));
                OutputStream output = Channels.newOutputStream(channel)) {
            serve(input, output);
        } catch (IOException gone) {
            // The client has left, or made room for another one.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(InputStream input, OutputStream output)
            throws IOException, InterruptedException {
        while (true) {
            ObjectNode request;
            try {
                byte[] line = ControlMessages.readLine(input, ControlMessages.REQUEST_BYTES_MAX);
                if (line == null) {
                    return;
                }
                request = ControlMessages.parse(line);
            } catch (ControlRefusal broken) {
                refuse(output, broken);
                return;
            }
            lastRequestNanoseconds = System.nanoTime();
            busy = true;
            if (request.path("command").asText().equals("console")) {
                console(input, output, request);
                return;
            }
            answer(output, request);
            busy = false;
            settled.run();
        }
    }

    private void answer(OutputStream output, ObjectNode request)
            throws IOException, InterruptedException {
        ObjectNode answer = ControlMessages.message().put("ok", true);
        try {
            JsonNode command = request.path("command");
            if (!command.isTextual()) {
                throw new ControlRefusal(2, "a command is missing");
            }
            service.execute(command.textValue(), request, answer);
        } catch (ControlRefusal refused) {
            refuse(output, refused);
            return;
        } catch (RuntimeException fault) {
            // The client is to hear of it, rather than find that nobody is there.
            refuse(output, new ControlRefusal(1, "a fault of vls: " + fault));
            return;
        }
        ControlMessages.write(output, answer);
    }

    private static void refuse(OutputStream output, ControlRefusal refused) throws IOException {
        ControlMessages.write(
                output,
                ControlMessages.refusal(refused.code(), String.valueOf(refused.getMessage())));
    }

    // --- the console ---

    private void console(InputStream input, OutputStream output, ObjectNode request)
            throws IOException, InterruptedException {
        String refusal = service.whyNoConsole();
        if (refusal != null) {
            refuse(output, new ControlRefusal(1, refusal));
            return;
        }
        boolean mayType = request.path("input").asBoolean(true);
        JsonNode from = request.path("from");
        ConsoleBuffer.Reader reader =
                from.isIntegralNumber()
                        ? service.console().attachAt(from.longValue())
                        : service.console().attach();
        ControlMessages.write(
                output, ControlMessages.message().put("ok", true).put("offset", reader.position()));
        Thread.ofVirtual().name("vls-console-reader").start(() -> copy(reader, output));
        try (reader) {
            byte[] chunk = new byte[CHUNK_BYTES];
            for (int count = input.read(chunk); count >= 0; count = input.read(chunk)) {
                if (mayType) {
                    service.type(Arrays.copyOf(chunk, count));
                }
            }
        }
    }

    private void copy(ConsoleBuffer.Reader reader, OutputStream output) {
        byte[] chunk = new byte[CHUNK_BYTES];
        try {
            for (int count = reader.read(chunk); count >= 0; count = reader.read(chunk)) {
                output.write(chunk, 0, count);
            }
        } catch (IOException gone) {
            reader.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // The thread that reads what the client types learns of the end by this.
        close();
    }
}
