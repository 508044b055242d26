package dev.vls.replay.snapshot;

/** Files that are no snapshot, are damaged or missing, or cannot be written: says which and how. */
public final class SnapshotException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public SnapshotException(String message) {
        super(message);
    }

    public SnapshotException(String message, Throwable cause) {
        super(message, cause);
    }
}
