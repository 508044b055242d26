package dev.vls.machine.state;

/** Bytes that are no state of a machine, or not one of this version; the message says where. */
public final class StateFormatException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public StateFormatException(String message) {
        super(message);
    }
}
