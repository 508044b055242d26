package dev.vls.control.console;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Takes a stream of the host to the guest's console, on a thread of its own. */
public final class ConsoleInput {
    /** Ctrl-], as with xl, virsh and telnet. */
    public static final int ESCAPE = 0x1D;

    private static final int CHUNK_BYTES = 1024;

    /** Where the bytes go. */
    public interface Target {
        /** Bytes that were typed; may wait while the guest takes none. */
        void type(byte[] bytes) throws InterruptedException;

        /** The stream has ended. */
        void end();

        /** Ctrl-] was typed; nothing more will come. */
        void escape();
    }

    private final InputStream source;
    private final boolean terminal;
    private final Target target;

    /**
     * @param terminal whether Ctrl-] is a command to the host; else it is a byte like others
     */
    public ConsoleInput(InputStream source, boolean terminal, Target target) {
        this.source = source;
        this.terminal = terminal;
        this.target = target;
    }

    /** Starts to read; before that nothing of the stream is consumed. */
    public void start() {
        Thread thread = new Thread(this::run, "vls-stdin");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        byte[] chunk = new byte[CHUNK_BYTES];
        try {
            for (int count = source.read(chunk); count >= 0; count = source.read(chunk)) {
                int escape = terminal ? indexOfEscape(chunk, count) : -1;
                if (escape >= 0) {
                    target.type(Arrays.copyOf(chunk, escape));
                    target.escape();
                    return;
                }
                target.type(Arrays.copyOf(chunk, count));
            }
        } catch (IOException closed) {
            // One that cannot be read has no input.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        target.end();
    }

    private static int indexOfEscape(byte[] chunk, int count) {
        for (int i = 0; i < count; i++) {
            if (chunk[i] == ESCAPE) {
                return i;
            }
        }
        return -1;
    }
}
