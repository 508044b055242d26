package dev.vls.control;

import dev.vls.machine.Input;
import dev.vls.machine.host.HostInputs;
import java.util.Arrays;

/**
 * Takes what users and files type to the guest's console, no faster than the guest reads it: who
 * types too much waits, and nothing is lost.
 */
final class Keyboard {
    /** Less than the machine's console holds for a guest that does not read. */
    private static final int AHEAD_MAX = 16 * 1024;

    private static final int CHUNK_BYTES = 1024;

    private final HostInputs inputs;
    private long typed;
    private long read;

    /** The machine's thread's own copy of {@link #read}. */
    private long lastRead;

    Keyboard(HostInputs inputs) {
        this.inputs = inputs;
    }

    /** Types; waits while the guest is too far behind. From any thread. */
    void type(byte[] bytes) throws InterruptedException {
        for (int at = 0; at < bytes.length; at += CHUNK_BYTES) {
            typeChunk(Arrays.copyOfRange(bytes, at, Math.min(at + CHUNK_BYTES, bytes.length)));
        }
    }

    private synchronized void typeChunk(byte[] chunk) throws InterruptedException {
        while (typed - read + chunk.length > AHEAD_MAX) {
            wait();
        }
        typed += chunk.length;
        inputs.offer(new Input.ConsoleIn(chunk));
    }

    /**
     * The guest has room for more; on the machine's thread.
     *
     * @param given bytes that the machine was given since the start
     * @param backlog those of them that wait in it
     */
    void taken(long given, int backlog) {
        if (given - backlog != lastRead) {
            lastRead = given - backlog;
            settle();
        }
    }

    private synchronized void settle() {
        read = lastRead;
        notifyAll();
    }
}
