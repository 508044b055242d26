package dev.vls.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.vls.machine.Input;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The ring: order, nothing lost, back-pressure, no garbage. */
@Timeout(60)
final class EventRingTest {
    /** Takes events and checks that none is missing. */
    private static final class Counter implements EventConsumer {
        private long next;

        @Override
        public void take(RecordedEvent event) {
            assertEquals(next, event.instructionCount);
            next++;
        }
    }

    @Test
    void everyConsumerSeesEveryEventInItsOrder() {
        EventRing ring = new EventRing();
        List<Counter> counters = new ArrayList<>();
        List<ConsumerThread> threads = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Counter counter = new Counter();
            counters.add(counter);
            threads.add(ConsumerThread.start(ring, counter, "consumer " + i));
        }
        int events = 20 * EventRing.SLOTS + 5;
        Input input = new Input.Clock(1);
        for (int i = 0; i < events; i++) {
            ring.publish(0, i, input, 0, null);
        }
        for (ConsumerThread thread : threads) {
            thread.finish();
            assertEquals(null, thread.failure());
        }
        for (Counter counter : counters) {
            assertEquals(events, counter.next);
        }
    }

    @Test
    void publisherWaitsForASlowConsumerAndForTheBytesThatItKeeps() throws InterruptedException {
        EventRing ring = new EventRing();
        CountDownLatch open = new CountDownLatch(1);
        Counter counter = new Counter();
        EventConsumer slow =
                event -> {
                    try {
                        open.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    counter.take(event);
                };
        ConsumerThread consumer = ConsumerThread.start(ring, slow, "slow");
        byte[] frame = new byte[1 << 20];
        int frames = 3 * (int) (EventRing.PAYLOAD_BYTES_MAX >> 20);
        Thread publisher =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    for (int i = 0; i < frames; i++) {
                                        Input input = new Input.ConsoleIn(frame);
                                        ring.publish(0, i, input, frame.length, null);
                                    }
                                });
        while (publisher.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        assertTrue(ring.published() < EventRing.PAYLOAD_BYTES_MAX >> 20);
        open.countDown();
        publisher.join();
        consumer.finish();
        assertEquals(null, consumer.failure());
        assertEquals(frames, counter.next);
    }

    @Test
    void failedConsumerHoldsNobodyUp() {
        EventRing ring = new EventRing();
        ConsumerThread consumer =
                ConsumerThread.start(
                        ring,
                        event -> {
                            throw new IllegalStateException("broken");
                        },
                        "broken");
        Input input = new Input.Clock(1);
        for (int i = 0; i < 3 * EventRing.SLOTS; i++) {
            ring.publish(0, i, input, 0, null);
        }
        consumer.finish();
        assertEquals("java.lang.IllegalStateException: broken", String.valueOf(consumer.failure()));
    }

    @Test
    void publishingAllocatesNothing() {
        EventRing ring = new EventRing();
        ConsumerThread consumer = ConsumerThread.start(ring, event -> {}, "consumer");
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Input input = new Input.Clock(1);
        publish(ring, input, 100_000);
        long before = threads.getCurrentThreadAllocatedBytes();
        publish(ring, input, 1_000_000);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        consumer.finish();
        assertTrue(allocated < 10_000, allocated + " bytes for a million inputs");
    }

    private static void publish(EventRing ring, Input input, int count) {
        for (int i = 0; i < count; i++) {
            ring.publish(0, i, input, 0, null);
        }
    }
}
