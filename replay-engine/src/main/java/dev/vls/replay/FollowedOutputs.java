package dev.vls.replay;

import dev.vls.machine.OutputSink;
import dev.vls.machine.device.block.DiskRequest;
import dev.vls.machine.device.net.FrameOffload;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * What a guest puts out while it is replayed: its leader lets it out. Frames are kept until the
 * leader has said that it has, so that whoever takes over can let out the rest; of the console it
 * is enough to know how many bytes have left.
 */
public final class FollowedOutputs implements OutputSink {
    /** Takes what the guest writes to its console, for who reads it here. */
    @FunctionalInterface
    public interface ConsoleHistory {
        void write(byte[] bytes, int offset, int length);
    }

    /** What was put out up to a mark. */
    private record Group(long mark, long consoleBytes, List<Runnable> frames) {}

    private final OutputSink world;
    private final ConsoleHistory history;
    private final Deque<Group> groups = new ArrayDeque<>();
    private List<Runnable> frames = new ArrayList<>();

    /** All bytes of the console, and those that the leader has let out. */
    private long consoleBytes;

    private long consoleReleased;
    private long released;

    /**
     * @param world where frames go once this side leads
     * @param history given all of the console at once
     */
    public FollowedOutputs(OutputSink world, ConsoleHistory history) {
        this.world = world;
        this.history = history;
    }

    @Override
    public void console(byte[] bytes, int offset, int length) {
        history.write(bytes, offset, length);
        count(length);
    }

    private synchronized void count(int length) {
        consoleBytes += length;
    }

    /** The replay's own disks have done it. */
    @Override
    public void disk(DiskRequest request) {}

    @Override
    public synchronized void networkFrame(
            int device, byte[] bytes, int offset, int length, FrameOffload offload) {
        byte[] copy = Arrays.copyOfRange(bytes, offset, offset + length);
        frames.add(() -> world.networkFrame(device, copy, 0, copy.length, offload));
    }

    /** The replay has passed a mark. */
    public synchronized void marked(long event) {
        groups.add(new Group(event, consoleBytes, frames));
        frames = new ArrayList<>();
        forget();
    }

    /** The leader has let out what is before a mark; from any thread. */
    public synchronized void released(long nextMark) {
        released = Math.max(released, nextMark);
        forget();
    }

    private void forget() {
        while (!groups.isEmpty() && groups.peek().mark < released) {
            consoleReleased = groups.remove().consoleBytes;
        }
    }

    /** Bytes of the console that the leader has let out, since the replay began. */
    public synchronized long consoleReleased() {
        return consoleReleased;
    }

    /** Lets out the frames that the leader may not have; this side leads from now on. */
    public synchronized void letOut() {
        groups.forEach(group -> group.frames.forEach(Runnable::run));
        frames.forEach(Runnable::run);
        groups.clear();
        frames = new ArrayList<>();
    }
}
