package dev.vls.xen.abi.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SharedRingTest {
    private static final int PAGE_BYTES = 4096;
    private static final int STEPS = 200_000;

    /** A little before the wrap of the indices, so that every run crosses it. */
    private static final int START = -1000;

    @Test
    void sizeIsThatOfTheCompilerForEachRing() {
        assertEquals(
                BlkifSring.ENTRIES_PER_PAGE,
                SharedRing.size(PAGE_BYTES, BlkifSring.RING, BlkifSring.ENTRY_SIZE));
        assertEquals(
                NetifTxSring.ENTRIES_PER_PAGE,
                SharedRing.size(PAGE_BYTES, NetifTxSring.RING, NetifTxSring.ENTRY_SIZE));
        assertEquals(
                NetifRxSring.ENTRIES_PER_PAGE,
                SharedRing.size(PAGE_BYTES, NetifRxSring.RING, NetifRxSring.ENTRY_SIZE));
    }

    @Test
    void aRingThatHoldsNoEntryIsRefused() {
        assertEquals(1, SharedRing.size(64 + 112, 64, 112));
        assertThrows(IllegalArgumentException.class, () -> SharedRing.size(64 + 111, 64, 112));
        assertThrows(IllegalArgumentException.class, () -> SharedRing.size(PAGE_BYTES, 64, 0));
        assertThrows(
                IllegalArgumentException.class,
                () -> SharedRing.size(Integer.MIN_VALUE, Integer.MAX_VALUE, 1));
    }

    @Test
    void notificationIsNeededExactlyWhenTheMoveReachesTheEventIndex() {
        Random random = seeded();
        for (int step = 0; step < STEPS; step++) {
            int before = random.nextInt(8) == 0 ? -random.nextInt(40) : random.nextInt();
            int moved = random.nextInt(40);
            int event = before + random.nextInt(100) - 50;
            boolean reached = false;
            for (int index = before + 1; index != before + moved + 1; index++) {
                reached |= index == event;
            }
            assertEquals(
                    reached,
                    SharedRing.notifyNeeded(before, before + moved, event),
                    "before %d moved %d event %d".formatted(before, moved, event));
        }
    }

    @Test
    void frontendAndBackendAgreeOnEveryEntryAcrossTheWrap() {
        Random random = seeded();
        int size = 32;
        int requestProducer = START;
        int requestConsumer = START;
        int responseProducer = START;
        int responseConsumer = START;
        Deque<Integer> waiting = new ArrayDeque<>();
        Deque<Integer> inBackend = new ArrayDeque<>();
        Deque<Integer> answered = new ArrayDeque<>();
        int[] slots = new int[size];
        for (int step = 0; step < STEPS; step++) {
            assertEquals(
                    waiting.size(),
                    SharedRing.unconsumedRequests(
                            requestProducer, requestConsumer, responseProducer, size));
            assertEquals(
                    answered.size(),
                    SharedRing.unconsumedResponses(responseProducer, responseConsumer));
            int free = SharedRing.freeRequests(requestProducer, responseConsumer, size);
            assertEquals(size - waiting.size() - inBackend.size() - answered.size(), free);
            assertFalse(
                    SharedRing.requestProducerOverflows(requestProducer, responseProducer, size));
            assertFalse(
                    SharedRing.responseProducerOverflows(responseProducer, responseConsumer, size));
            assertEquals(
                    inBackend.size() == size,
                    SharedRing.requestConsumerOverflows(requestConsumer, responseProducer, size));
            switch (random.nextInt(4)) {
                case 0 -> {
                    if (free > 0) {
                        slots[SharedRing.slot(requestProducer++, size)] = step;
                        waiting.add(step);
                    }
                }
                case 1 -> {
                    if (!waiting.isEmpty()) {
                        int request = waiting.remove();
                        assertEquals(request, slots[SharedRing.slot(requestConsumer++, size)]);
                        inBackend.add(request);
                    }
                }
                case 2 -> {
                    if (!inBackend.isEmpty()) {
                        int request = inBackend.remove();
                        slots[SharedRing.slot(responseProducer++, size)] = ~request;
                        answered.add(~request);
                    }
                }
                default -> {
                    if (!answered.isEmpty()) {
                        int response = answered.remove();
                        assertEquals(response, slots[SharedRing.slot(responseConsumer++, size)]);
                    }
                }
            }
        }
        assertTrue(responseConsumer > 0, "the indices went over the wrap");
    }

    @Test
    void aHostileProducerIndexIsToldAndNeverYieldsMoreThanTheRing() {
        Random random = seeded();
        int size = 256;
        for (int step = 0; step < STEPS; step++) {
            int responseProducer = random.nextInt();
            int requestConsumer = responseProducer + random.nextInt(size + 1);
            int requestProducer = random.nextInt();
            int count =
                    SharedRing.unconsumedRequests(
                            requestProducer, requestConsumer, responseProducer, size);
            assertTrue(count >= 0 && count <= size, () -> "count " + count);
            boolean tooMany = Integer.toUnsignedLong(requestProducer - responseProducer) > size;
            assertEquals(
                    tooMany,
                    SharedRing.requestProducerOverflows(requestProducer, responseProducer, size));
        }
    }

    @Test
    void byteRingsCountAcrossTheWrap() {
        assertEquals(0, SharedRing.queuedBytes(START, START));
        assertEquals(1024, SharedRing.queuedBytes(-1000 + 1024, -1000));
    }

    private static Random seeded() {
        long seed = Long.getLong("test.seed", System.nanoTime());
        System.out.println("SharedRingTest: -Dtest.seed=" + seed);
        return new Random(seed);
    }
}
