package dev.vls.replay;

import dev.vls.machine.ForwardingOutputSink;
import dev.vls.machine.OutputSink;
import dev.vls.machine.device.block.DiskOperation;
import dev.vls.machine.device.block.DiskRequest;
import dev.vls.machine.device.net.FrameOffload;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Holds a guest's outputs back until those who would go on for it know that they have to come as
 * far: output commit. Outputs are held in groups, each up to a mark in the log, and let out in
 * their order: those that only networks take, which never wait, by who {@linkplain #openTo opens}
 * the gate, all others by a thread of the gate's own. While the gate stands open they pass on the
 * machine's thread.
 *
 * <p>Reads of a disk pass unless something held has to be done on that disk before. At most {@link
 * #HELD_BYTES_MAX} are held; then the machine waits.
 */
public final class OutputGate extends ForwardingOutputSink implements OutputMarks, AutoCloseable {
    static final long HELD_BYTES_MAX = 8 << 20;

    /** Open for everything. */
    public static final long OPEN = Long.MAX_VALUE;

    /** What an output takes in memory besides its bytes. */
    private static final int OUTPUT_BYTES = 128;

    private static final int DISKS_MAX = 16;

    /** An output that is held. */
    private record Held(Runnable release, boolean frame, int bytes, int writtenDisk) {}

    /** Outputs up to a mark. */
    private static final class Group {
        private final Deque<Held> outputs = new ArrayDeque<>();
        private long mark = Long.MAX_VALUE;
        private boolean onlyFrames = true;

        void add(Held output) {
            outputs.add(output);
            onlyFrames &= output.frame;
        }
    }

    private final OutputSink world;
    private final Runnable onMark;
    private final ReentrantLock lock = new ReentrantLock();

    /** For the gate's thread: something may be let out. */
    private final Condition opened = lock.newCondition();

    /** For all others: less is held. */
    private final Condition released = lock.newCondition();

    private final Deque<Group> groups = new ArrayDeque<>();
    private final int[] heldWrites = new int[DISKS_MAX];
    private final Thread thread =
            Thread.ofPlatform().daemon().name("vls-gate").unstarted(this::run);
    private Group unmarked = new Group();

    /** Written to the console since the guest's start, held or not; the machine's thread's. */
    private long consoleBytes;

    private long heldBytes;
    private long heldOutputs;
    private long openTo = OPEN;
    private long releasedTo = -1;
    private boolean releasing;
    private boolean closed;
    private boolean unbounded;
    private volatile boolean markWanted;
    private volatile @Nullable RuntimeException failure;

    /**
     * @param world where outputs go; called by one thread at a time
     * @param onMark told that there is a new mark for followers; by the machine's thread
     */
    public OutputGate(OutputSink world, Runnable onMark) {
        this.world = world;
        this.onMark = onMark;
        thread.start();
    }

    // --- who has the followers; any thread ---

    /**
     * Lets out what was put out up to a mark: frames at once, unless something before them takes
     * its time.
     *
     * @param mark number of an event; {@link #OPEN} for everything, -1 for nothing
     */
    public void openTo(long mark) {
        lock.lock();
        try {
            if (openTo == OPEN && mark != OPEN) {
                markWanted = true;
            }
            openTo = mark;
        } finally {
            lock.unlock();
        }
        letOut(this::takeFrames);
    }

    /**
     * The next group if it is of frames alone; what else there is, is left to the gate's thread.
     */
    private @Nullable Group takeFrames() {
        lock.lock();
        try {
            Group first = groups.peek();
            if (isOpenFor(first) && first.onlyFrames) {
                releasing = true;
                return groups.remove();
            }
            if (first == null ? openTo == OPEN : first.mark <= openTo) {
                opened.signal();
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    private boolean isOpenFor(@Nullable Group first) {
        return first != null && first.mark <= openTo && !releasing && !closed;
    }

    /** The mark up to which all was let out. */
    public long releasedTo() {
        lock.lock();
        try {
            return releasedTo;
        } finally {
            lock.unlock();
        }
    }

    /** Bytes that are held back. */
    public long heldBytes() {
        lock.lock();
        try {
            return heldBytes;
        } finally {
            lock.unlock();
        }
    }

    /** Outputs that are held back. */
    public long heldOutputs() {
        lock.lock();
        try {
            return heldOutputs;
        } finally {
            lock.unlock();
        }
    }

    /** Why an output could not be given to the world; null if they all could. */
    public @Nullable RuntimeException failure() {
        return failure;
    }

    /**
     * Waits until nothing is held any more.
     *
     * @param nanoseconds at most
     * @return whether that is so
     */
    public boolean awaitEmpty(long nanoseconds) {
        long left = nanoseconds;
        lock.lock();
        try {
            while ((heldBytes > 0 || releasing) && !closed && failure == null && left > 0) {
                left = released.awaitNanos(left);
            }
            return heldBytes == 0 && !releasing;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** The machine waits no more for room; it is about to end. */
    public void release() {
        lock.lock();
        try {
            unbounded = true;
            released.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** What is held is dropped, as is all that follows: somebody else goes on for this machine. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            groups.clear();
            unmarked = new Group();
            heldBytes = 0;
            heldOutputs = 0;
            opened.signal();
            released.signalAll();
        } finally {
            lock.unlock();
        }
    }

    // --- marks; the machine's thread ---

    @Override
    public boolean areWanted() {
        return markWanted;
    }

    @Override
    public void marked(long event) {
        boolean wanted = markWanted;
        markWanted = false;
        lock.lock();
        try {
            if (!unmarked.outputs.isEmpty()) {
                unmarked.mark = event;
                groups.add(unmarked);
                unmarked = new Group();
                if (event <= openTo) {
                    opened.signal();
                }
            } else if (groups.isEmpty() && !releasing) {
                releasedTo = event;
            }
        } finally {
            lock.unlock();
        }
        if (wanted) {
            onMark.run();
        }
    }

    // --- outputs; the machine's thread ---

    /**
     * The machine has a past.
     *
     * @param bytes that the guest has written to its console; before the machine runs
     */
    public void startAt(long bytes) {
        consoleBytes = bytes;
    }

    /** Bytes that the guest has written to its console since its start. */
    long consoleBytes() {
        return consoleBytes;
    }

    @Override
    protected OutputSink next() {
        return world;
    }

    @Override
    public void console(byte[] bytes, int offset, int length) {
        consoleBytes += length;
        if (passes()) {
            super.console(bytes, offset, length);
        } else {
            byte[] copy = Arrays.copyOfRange(bytes, offset, offset + length);
            hold(() -> world.console(copy, 0, copy.length), false, length, -1);
        }
    }

    @Override
    public void networkFrame(
            int device, byte[] bytes, int offset, int length, FrameOffload offload) {
        if (passes()) {
            super.networkFrame(device, bytes, offset, length, offload);
        } else {
            byte[] copy = Arrays.copyOfRange(bytes, offset, offset + length);
            hold(() -> world.networkFrame(device, copy, 0, copy.length, offload), true, length, -1);
        }
    }

    @Override
    public void disk(DiskRequest request) {
        boolean reads = request.operation() == DiskOperation.READ;
        if (passes() || (reads && !isWritten(request.disk()))) {
            super.disk(request);
        } else {
            hold(
                    () -> world.disk(request),
                    false,
                    reads ? 0 : (int) request.data().byteSize(),
                    reads ? -1 : request.disk());
        }
    }

    private boolean isWritten(int disk) {
        lock.lock();
        try {
            return heldWrites[disk] > 0;
        } finally {
            lock.unlock();
        }
    }

    private boolean passes() {
        RuntimeException failed = failure;
        if (failed != null) {
            throw failed;
        }
        lock.lock();
        try {
            return openTo == OPEN
                    && groups.isEmpty()
                    && unmarked.outputs.isEmpty()
                    && !releasing
                    && !closed;
        } finally {
            lock.unlock();
        }
    }

    private void hold(Runnable release, boolean frame, int payload, int writtenDisk) {
        int bytes = payload + OUTPUT_BYTES;
        lock.lock();
        try {
            // Those of before the next mark cannot be let out while this thread waits.
            while (heldBytes + bytes > HELD_BYTES_MAX
                    && !groups.isEmpty()
                    && !closed
                    && !unbounded) {
                released.awaitUninterruptibly();
            }
            if (closed) {
                return;
            }
            unmarked.add(new Held(release, frame, bytes, writtenDisk));
            heldBytes += bytes;
            heldOutputs++;
            if (writtenDisk >= 0) {
                heldWrites[writtenDisk]++;
            }
            markWanted = true;
            if (openTo == OPEN) {
                opened.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    // --- the gate's thread ---

    private void run() {
        letOut(this::take);
    }

    /** Lets out one group after the other, until there is none to be had. */
    private void letOut(Supplier<@Nullable Group> groupsInOrder) {
        try {
            for (Group group = groupsInOrder.get(); group != null; group = groupsInOrder.get()) {
                release(group);
            }
        } catch (RuntimeException e) {
            failure = e;
            close();
        }
    }

    private @Nullable Group take() {
        lock.lock();
        try {
            while (!closed) {
                Group first = groups.peek();
                if (isOpenFor(first)) {
                    releasing = true;
                    return groups.remove();
                }
                boolean all = first == null && openTo == OPEN && !releasing;
                if (all && !unmarked.outputs.isEmpty()) {
                    Group rest = unmarked;
                    unmarked = new Group();
                    releasing = true;
                    return rest;
                }
                opened.awaitUninterruptibly();
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    private void release(Group group) {
        long bytes = 0;
        for (Held output : group.outputs) {
            output.release.run();
            bytes += output.bytes;
        }
        lock.lock();
        try {
            group.outputs.stream()
                    .filter(output -> output.writtenDisk >= 0)
                    .forEach(output -> heldWrites[output.writtenDisk]--);
            heldBytes = Math.max(heldBytes - bytes, 0);
            heldOutputs = Math.max(heldOutputs - group.outputs.size(), 0);
            if (group.mark != Long.MAX_VALUE) {
                releasedTo = Math.max(releasedTo, group.mark);
            }
            releasing = false;
            released.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
