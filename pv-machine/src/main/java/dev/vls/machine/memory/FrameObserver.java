package dev.vls.machine.memory;

/** Told of writes to frames that carry {@link FrameFlags}; runs on the thread of the machine. */
@FunctionalInterface
public interface FrameObserver {
    /**
     * A write to a flagged frame is about to happen. The observer may change the frame's flags; TLB
     * entries for the frame are filled according to the flags that remain.
     *
     * @param maddr first byte to be written
     * @param length number of bytes, within one frame
     */
    void beforeWrite(long maddr, int length);
}
