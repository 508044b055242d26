package dev.vls.machine.memory;

/**
 * Gets the content of frames that carry {@link FrameFlags#MISSING}; asked on the thread of the
 * machine, once for each frame.
 */
@FunctionalInterface
public interface MissingFrames {
    /**
     * The machine needs a frame: returns when its content is there.
     *
     * @throws MissingFrameException if it will not come; the machine is of no more use
     */
    void await(long mfn);
}
