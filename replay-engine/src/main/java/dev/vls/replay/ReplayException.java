package dev.vls.replay;

import org.jspecify.annotations.Nullable;

/** A trace cannot be replayed here: in one line what, where and what to do. */
public final class ReplayException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ReplayException(String message) {
        super(message);
    }

    public ReplayException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
