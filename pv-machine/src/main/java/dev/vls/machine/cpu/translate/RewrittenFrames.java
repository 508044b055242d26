package dev.vls.machine.cpu.translate;

import dev.vls.machine.memory.MachineMemory;
import java.util.Map;
import java.util.TreeMap;

/**
 * Frames whose translations ended because they were written. The more often that happened, the more
 * often hot code in a frame is passed over before it is translated again: code that a guest keeps
 * writing is better interpreted. Owned by the machine's thread.
 */
final class RewrittenFrames {
    private static final int STRIKES_MAX = 12;

    /** Frames that are remembered; when there are more all are forgotten. */
    private static final int FRAMES_MAX = 1 << 14;

    private static final class Frame {
        int strikes;
        int passesLeft;
    }

    private final Map<Long, Frame> frames = new TreeMap<>();

    /** A translation with code of this machine address ended because it was written. */
    void strike(long maddr) {
        if (frames.size() >= FRAMES_MAX) {
            frames.clear();
        }
        Frame frame = frames.computeIfAbsent(frame(maddr), _ -> new Frame());
        // Writing a frame ends all of its translations at once: that is one strike.
        if (frame.passesLeft == 0) {
            frame.strikes = Math.min(frame.strikes + 1, STRIKES_MAX);
            frame.passesLeft = (1 << frame.strikes) - 1;
        }
    }

    /** Whether hot code there is to be translated; counts how often that was asked. */
    boolean mayTranslate(long maddr) {
        Frame frame = frames.get(frame(maddr));
        if (frame == null || frame.passesLeft == 0) {
            return true;
        }
        frame.passesLeft--;
        return false;
    }

    private static long frame(long maddr) {
        return maddr >>> MachineMemory.PAGE_SHIFT;
    }
}
