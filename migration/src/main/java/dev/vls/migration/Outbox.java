package dev.vls.migration;

import dev.vls.replay.wire.Message;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Frames on their way from the thread that makes them to that of the protocol, which sends them as
 * fast as the connection takes them. Few wait: who makes more waits as well.
 */
final class Outbox {
    /** Frames that wait to be sent. */
    private static final int QUEUE_MAX = 4;

    private final Executor loop;
    private final Consumer<Message> to;
    private final BooleanSupplier writable;
    private final Semaphore room = new Semaphore(QUEUE_MAX);
    private final Deque<Message> waiting = new ArrayDeque<>();
    private volatile boolean closed;

    /**
     * @param loop the protocol's thread
     * @param to takes frames there
     * @param writable whether the connection takes more; there as well
     */
    Outbox(Executor loop, Consumer<Message> to, BooleanSupplier writable) {
        this.loop = loop;
        this.to = to;
        this.writable = writable;
    }

    /** Nothing is sent any more, and nobody waits; the protocol's thread. */
    void close() {
        closed = true;
        waiting.clear();
        room.release(QUEUE_MAX);
    }

    boolean isClosed() {
        return closed;
    }

    /** Sends what the connection takes; the protocol's thread. */
    void proceed() {
        while (!waiting.isEmpty() && writable.getAsBoolean()) {
            to.accept(waiting.remove());
            room.release();
        }
    }

    /**
     * Has a frame sent behind all others; any other thread.
     *
     * @return nanoseconds that it waited for room
     */
    long add(Message message) {
        return offer(message, false);
    }

    /** Has a frame sent ahead of those that wait; any other thread. */
    void addFirst(Message message) {
        var _ = offer(message, true);
    }

    private long offer(Message message, boolean first) {
        long waited = 0;
        if (!room.tryAcquire()) {
            long start = System.nanoTime();
            room.acquireUninterruptibly();
            waited = System.nanoTime() - start;
        }
        if (closed) {
            room.release();
        } else {
            loop.execute(() -> take(message, first));
        }
        return waited;
    }

    private void take(Message message, boolean first) {
        if (closed) {
            return;
        }
        if (first) {
            waiting.addFirst(message);
        } else {
            waiting.add(message);
        }
        proceed();
    }
}
