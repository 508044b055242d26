package dev.vls.control.console;

import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** Takes the guest's output to a stream of the host, on a thread of its own. */
public final class ConsoleOutput {
    private static final int CHUNK_BYTES = 8192;

    private final ConsoleBuffer buffer;
    private final ConsoleBuffer.Reader reader;
    private final OutputStream target;
    private final Runnable onFailure;
    private final @Nullable CarriageReturns terminal;
    private final Thread thread = new Thread(this::run, "vls-console");
    private volatile @Nullable IOException failure;

    /**
     * Starts the thread.
     *
     * @param reader of the buffer, closed with the thread
     * @param toRawTerminal whether line feeds may need help
     * @param onFailure told once if the stream takes nothing any more
     */
    public ConsoleOutput(
            ConsoleBuffer buffer,
            ConsoleBuffer.Reader reader,
            OutputStream target,
            boolean toRawTerminal,
            Runnable onFailure) {
        this.buffer = buffer;
        this.reader = reader;
        this.target = target;
        this.onFailure = onFailure;
        this.terminal = toRawTerminal ? new CarriageReturns() : null;
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        byte[] chunk = new byte[CHUNK_BYTES];
        try (reader) {
            for (int count = reader.read(chunk); count >= 0; count = reader.read(chunk)) {
                if (terminal != null) {
                    terminal.write(chunk, count, target);
                } else {
                    target.write(chunk, 0, count);
                }
            }
        } catch (IOException e) {
            failure = e;
            onFailure.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Why the stream takes nothing any more; null while it does. */
    public @Nullable IOException failure() {
        return failure;
    }

    /** Waits until the stream has everything that the guest wrote, unless it fails. */
    public void flush() {
        buffer.awaitDone(reader);
    }

    /**
     * Waits for the end of the thread, after the buffer was closed.
     *
     * @param milliseconds at most; 0 for as long as it takes
     */
    public void join(long milliseconds) {
        try {
            thread.join(milliseconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
