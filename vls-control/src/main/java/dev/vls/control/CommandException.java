package dev.vls.control;

/** An operator's mistake: one line that says what, where and what to do, and the exit code. */
public final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** {@link ExitCode}. */
    public final int exitCode;

    public CommandException(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    public CommandException(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }
}
