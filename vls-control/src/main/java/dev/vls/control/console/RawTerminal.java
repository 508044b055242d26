package dev.vls.control.console;

import org.jspecify.annotations.Nullable;

/**
 * Standard input's terminal in raw mode, until closed: keys go to the guest as they are typed,
 * Ctrl-C among them. However the process ends, short of SIGKILL, the modes found are set again.
 */
public final class RawTerminal implements AutoCloseable {
    private static final int STDIN = 0;

    private final byte[] found;

    private final Thread hook = new Thread(this::restore, "vls-terminal");
    private boolean restored;

    private RawTerminal(byte[] found) {
        this.found = found;
    }

    /** Enters raw mode; null if standard input is no terminal. */
    public static @Nullable RawTerminal enter() {
        byte[] found = Termios.isTerminal(STDIN) ? Termios.get(STDIN) : null;
        if (found == null) {
            return null;
        }
        RawTerminal terminal = new RawTerminal(found);
        Runtime.getRuntime().addShutdownHook(terminal.hook);
        Termios.set(STDIN, Termios.raw(found));
        return terminal;
    }

    /** Whether standard output or error, 1 or 2, is a terminal as well. */
    public static boolean isTerminal(int descriptor) {
        return Termios.isTerminal(descriptor);
    }

    private synchronized void restore() {
        if (!restored) {
            restored = true;
            Termios.set(STDIN, found);
        }
    }

    @Override
    public void close() {
        restore();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException alreadyEnding) {
            // The process ends; the hook has run or finds nothing to do.
            return;
        }
    }
}
