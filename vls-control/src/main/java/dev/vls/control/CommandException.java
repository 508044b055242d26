package dev.vls.control;

/** An operator's mistake: one line that says what, where and what to do, and the exit code. */
final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1;

    final int exitCode;

    CommandException(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    CommandException(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }
}
