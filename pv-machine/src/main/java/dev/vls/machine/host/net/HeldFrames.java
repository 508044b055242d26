package dev.vls.machine.host.net;

import dev.vls.machine.device.net.FrameOffload;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Frames for an address that is not to be reached for a moment. For any thread. */
final class HeldFrames {
    /** More is lost. */
    private static final int BYTES_MAX = 1 << 20;

    private final long sinceNanos;
    private final List<Frame> frames = new ArrayList<>();
    private int bytes;
    private boolean released;

    /**
     * One of them.
     *
     * @param bytes not changed any more
     * @param origin where it came in
     */
    @SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
    record Frame(byte[] bytes, FrameOffload offload, LearningSwitch.Port origin) {}

    HeldFrames(long sinceNanos) {
        this.sinceNanos = sinceNanos;
    }

    long sinceNanos() {
        return sinceNanos;
    }

    /**
     * Keeps a frame, or loses it if there are too many.
     *
     * @return false if it is too late: the others are on their way already
     */
    synchronized boolean add(Frame frame) {
        if (!released && bytes + frame.bytes.length <= BYTES_MAX) {
            frames.add(frame);
            bytes += frame.bytes.length;
        }
        return !released;
    }

    /** Sends all in the order in which they came. */
    synchronized void release(Consumer<Frame> way) {
        released = true;
        frames.forEach(way);
        frames.clear();
    }
}
