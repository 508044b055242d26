package dev.vls.trace;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The file that holds a trace cannot be read or written, because the disk is full for example. A
 * call of {@link TraceWriter} that ended in this had no effect and may be made again.
 */
public final class TraceIoException extends TraceException {
    private static final long serialVersionUID = 1;

    TraceIoException(String what, @Nullable IOException cause) {
        super(cause == null ? what : what + " (" + cause.getMessage() + ")", cause);
    }
}
