package dev.vls.trace;

import org.jspecify.annotations.Nullable;

/** Something is wrong with a trace or with the file that holds it. The message is one line. */
public sealed class TraceException extends RuntimeException
        permits TraceFormatException, TraceIoException {
    private static final long serialVersionUID = 1;

    TraceException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
