package dev.vls.replay;

import com.lmax.disruptor.EventPoller;
import dev.vls.machine.host.Threads;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The thread of a ring's consumer. It rests between two looks for events, the shorter the more of
 * them it finds: nobody has to wake it, which would cost the machine's thread more than the
 * publishing. A consumer that fails is given nothing more, and holds nobody up.
 */
final class ConsumerThread {
    /** A wake-up takes the processor from somebody, the machine's thread perhaps. */
    private static final long REST_NANOSECONDS_MAX = 32_000_000;

    private static final long REST_NANOSECONDS_MIN = 20_000;

    /** So many events behind one rest are many: the ring would be full after a few such rests. */
    private static final int MANY = EventRing.SLOTS / 8;

    /** So few that it can rest longer. */
    private static final int FEW = EventRing.SLOTS / 64;

    private final EventPoller<RecordedEvent> events;
    private final EventConsumer consumer;
    private final Thread thread;
    private int batch;
    private volatile boolean finishing;
    private volatile @Nullable RuntimeException failure;

    private ConsumerThread(EventRing ring, EventConsumer consumer, String name) {
        this.events = ring.newConsumer();
        this.consumer = consumer;
        this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
    }

    static ConsumerThread start(EventRing ring, EventConsumer consumer, String name) {
        ConsumerThread started = new ConsumerThread(ring, consumer, name);
        started.thread.start();
        return started;
    }

    private void run() {
        long rest = REST_NANOSECONDS_MIN;
        int found = 0;
        while (true) {
            // Looked at first: what was published before it is set is there for this poll.
            boolean last = finishing;
            batch = 0;
            if (poll() == EventPoller.PollState.PROCESSING) {
                found += batch;
            } else if (last) {
                return;
            } else {
                if (found == 0) {
                    idle();
                }
                rest = restBehind(found, rest);
                found = 0;
                LockSupport.parkNanos(this, rest);
            }
        }
    }

    private static long restBehind(int found, long rest) {
        if (found >= MANY) {
            return REST_NANOSECONDS_MIN;
        }
        return found <= FEW ? Math.min(rest * 2, REST_NANOSECONDS_MAX) : rest;
    }

    private EventPoller.PollState poll() {
        try {
            return events.poll(
                    (event, sequence, endOfBatch) -> {
                        take(event);
                        return true;
                    });
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("the handler throws no checked exception", e);
        }
    }

    private void take(RecordedEvent event) {
        batch++;
        if (failure == null) {
            try {
                consumer.take(event);
            } catch (RuntimeException e) {
                failure = e;
            }
        }
    }

    private void idle() {
        if (failure == null) {
            try {
                consumer.idle();
            } catch (RuntimeException e) {
                failure = e;
            }
        }
    }

    /** Why the consumer takes no more; null as long as it does. */
    @Nullable RuntimeException failure() {
        return failure;
    }

    /** Waits until all is taken that was published; the thread ends. */
    void finish() {
        finishing = true;
        LockSupport.unpark(thread);
        Threads.join(thread);
    }
}
