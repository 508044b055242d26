package dev.vls.machine.memory;

/**
 * The host cannot supply the memory that was asked for. The message says how much and what to do.
 */
public final class HostMemoryException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public HostMemoryException(String message) {
        super(message);
    }
}
