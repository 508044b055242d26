package dev.vls.replay;

import dev.vls.trace.Bytes;
import dev.vls.trace.EventChunkReader;
import dev.vls.trace.TraceEvent;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The log of a leader as it arrives: one thread adds chunks, the replay takes events and waits for
 * them. Knows how far the replay is.
 */
public final class FollowedLog implements EventSource {
    /** Log that is not replayed: more than a leader sends that bounds the lag. */
    static final long BYTES_MAX = 32 << 20;

    /** What an event takes in memory, about. */
    private static final long EVENT_BYTES = 64;

    /** Events after which progress is told while the replay is busy. */
    private static final int TELL_EVERY = 256;

    private final EventChunkReader reader;
    private final long firstEvent;
    private final Runnable progressed;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<TraceEvent> events = new ArrayDeque<>();
    private long bytes;
    private boolean ended;
    private boolean abandoned;

    // The replay's thread's.
    private long next;
    private @Nullable TraceEvent last;
    private LongConsumer passed = mark -> {};
    private LongSupplier stepsTaken = () -> 0;

    private volatile Progress progress;

    /**
     * How far the replay is.
     *
     * @param replayed the number of the event that it has not applied yet
     * @param steps of all vCPUs
     * @param digestEvent the last digest of outputs that was compared
     * @param digest it
     */
    public record Progress(long replayed, long steps, long digestEvent, Bytes digest) {}

    /**
     * @param vcpus of the guest
     * @param firstEvent the first one that is replayed; chunks may have earlier ones
     * @param progressed told that {@link #progress} is another, now and then; on the replay's
     *     thread
     */
    public FollowedLog(int vcpus, long firstEvent, Runnable progressed) {
        this.reader = new EventChunkReader(vcpus);
        this.firstEvent = firstEvent;
        this.next = firstEvent;
        this.progressed = progressed;
        this.progress = new Progress(firstEvent, 0, 0, Bytes.EMPTY);
    }

    /**
     * What is told of the replay, on its thread.
     *
     * @param steps how many its machine has taken
     * @param mark told of each digest of outputs that was compared, by its number
     */
    public void follow(LongSupplier steps, LongConsumer mark) {
        stepsTaken = steps;
        passed = mark;
    }

    // --- who receives it ---

    /**
     * A chunk has arrived.
     *
     * @return false if more waits than may be
     * @throws dev.vls.trace.TraceFormatException if it is not the next chunk of a log
     */
    public boolean add(byte[] content) {
        lock.lock();
        try {
            reader.begin(content);
            long number = reader.nextEvent();
            for (TraceEvent event = reader.next(); event != null; event = reader.next()) {
                if (number++ >= firstEvent) {
                    events.add(event);
                    bytes += sizeOf(event);
                }
            }
            changed.signalAll();
            return bytes <= BYTES_MAX;
        } finally {
            lock.unlock();
        }
    }

    private static long sizeOf(TraceEvent event) {
        return EVENT_BYTES
                + switch (event) {
                    case TraceEvent.ConsoleIn typed -> typed.data().length();
                    case TraceEvent.NetRx frame -> frame.frame().length();
                    case TraceEvent.BlockDone done ->
                            done.data() == null ? 0 : done.data().length();
                    default -> 0;
                };
    }

    /** Nothing more will come: the replay goes to the end of what is there. */
    public void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The replay is to stop where it is. */
    public void abandon() {
        lock.lock();
        try {
            abandoned = true;
            events.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** How far the replay is; from any thread. */
    public Progress progress() {
        return progress;
    }

    // --- the replay ---

    @Override
    public @Nullable TraceEvent next() {
        settle();
        TraceEvent event = take();
        if (event != null) {
            next++;
            last = event;
        }
        return event;
    }

    /** All that was given has been applied. */
    private void settle() {
        Progress before = progress;
        long digestEvent = before.digestEvent;
        Bytes digest = before.digest;
        if (last instanceof TraceEvent.Digest compared && compared.outputs().length() > 0) {
            digestEvent = next - 1;
            digest = compared.outputs();
            passed.accept(digestEvent);
        }
        last = null;
        progress = new Progress(next, stepsTaken.getAsLong(), digestEvent, digest);
    }

    private @Nullable TraceEvent take() {
        lock.lock();
        try {
            if (events.isEmpty() || next % TELL_EVERY == 0) {
                progressed.run();
            }
            while (events.isEmpty() && !ended && !abandoned) {
                changed.awaitUninterruptibly();
            }
            TraceEvent event = abandoned ? null : events.poll();
            bytes -= event == null ? 0 : sizeOf(event);
            return event;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long nextEvent() {
        return next;
    }
}
