package dev.vls.machine.memory;

/** A frame that the machine needs will not come. */
public final class MissingFrameException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public MissingFrameException(long mfn) {
        super("frame %d has not come".formatted(mfn));
    }
}
