package dev.vls.machine.memory;

/**
 * Told of the first write to each frame that carries {@link FrameFlags#COPY_BEFORE_WRITE}; runs on
 * the thread of the machine.
 */
@FunctionalInterface
public interface FirstWrites {
    /**
     * A frame is about to change; it still has its old content, and lost the flag.
     *
     * @param mfn of the frame
     */
    void beforeFirstWrite(long mfn);
}
