package dev.vls.replay;

import com.lmax.disruptor.EventPoller;
import dev.vls.machine.host.Threads;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The thread of a ring's consumer. It looks for events every few milliseconds, and more often while
 * they come fast: nobody has to wake it, which would cost the machine's thread more than the
 * publishing. A consumer that fails is given nothing more, and holds nobody up.
 */
final class ConsumerThread {
    private static final long IDLE_NANOSECONDS = 4_000_000;

    /** So many events at once are many: the ring would be full after another rest. */
    private static final int MANY = EventRing.SLOTS / 8;

    /** While many come. */
    private static final long SHORT_NANOSECONDS = 20_000;

    /** Looks in vain after which many events are no more expected. */
    private static final int SHORT_RESTS_MAX = 50;

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
        int shortRests = SHORT_RESTS_MAX;
        while (true) {
            // Looked at first: what was published before it is set is there for this poll.
            boolean last = finishing;
            batch = 0;
            if (poll() == EventPoller.PollState.PROCESSING) {
                shortRests = batch >= MANY ? 0 : shortRests;
            } else if (last) {
                return;
            } else if (shortRests < SHORT_RESTS_MAX) {
                shortRests++;
                LockSupport.parkNanos(this, SHORT_NANOSECONDS);
            } else {
                idle();
                LockSupport.parkNanos(this, IDLE_NANOSECONDS);
            }
        }
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
