package dev.vls.control.socket;

/** A request that is not carried out: the exit code for the client, and why, in one line. */
public final class ControlRefusal extends Exception {
    private static final long serialVersionUID = 1;

    private final int code;

    public ControlRefusal(int code, String message) {
        super(message);
        this.code = code;
    }

    /** As in {@code docs/cli.md}. */
    public int code() {
        return code;
    }
}
