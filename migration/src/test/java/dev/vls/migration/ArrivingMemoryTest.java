package dev.vls.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.machine.memory.MachineMemory;
import dev.vls.machine.memory.MissingFrameException;
import dev.vls.replay.wire.Lent;
import dev.vls.replay.wire.Message;
import dev.vls.replay.wire.Packer;
import dev.vls.replay.wire.WireException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pages that arrive in any order, while somebody reads and writes in any order. */
@Timeout(120)
final class ArrivingMemoryTest {
    private static final int FRAMES = 512;
    private static final int ACCESSES = 20_000;

    private static final byte[] OLD = new byte[MachineMemory.PAGE_SIZE];

    static {
        Arrays.fill(OLD, (byte) 0x5A);
    }

    private final long seed = new Random().nextLong();

    private static long content(long mfn, long place) {
        return mfn % 5 == 0 ? 0 : mfn * 0x9E37_79B9_7F4A_7C15L + place;
    }

    private static Message.Pages page(long... mfns) {
        PageBatch batch = new PageBatch(new Packer(true), mfns.length);
        byte[] bytes = new byte[MachineMemory.PAGE_SIZE];
        ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (long mfn : mfns) {
            for (int at = 0; at < bytes.length; at += Long.BYTES) {
                words.putLong(at, content(mfn, at));
            }
            batch.add(mfn, bytes);
        }
        return batch.take(1, mfns[0] % 2 == 0);
    }

    /** What a machine's thread does to memory; answers a digest of what it has seen. */
    private static long use(MachineMemory memory, long seed) {
        Random random = new Random(seed);
        long seen = 0;
        for (int i = 0; i < ACCESSES; i++) {
            long maddr = (long) random.nextInt(FRAMES * MachineMemory.PAGE_SIZE / 8 - 8) * 8;
            switch (random.nextInt(4)) {
                case 0 -> memory.setLong(maddr, seen + i);
                case 1 -> memory.fill(maddr, 40, i);
                default -> seen = seen * 31 + memory.getLong(maddr);
            }
        }
        return seen;
    }

    @Test
    void theOrderInWhichPagesComeIsNotSeen() throws Exception {
        long expected;
        try (MachineMemory whole = MachineMemory.allocate((long) FRAMES << 12)) {
            ArrivingMemory filled = new ArrivingMemory(whole, wanted -> {});
            for (long mfn = 0; mfn < FRAMES; mfn++) {
                filled.fill(page(mfn));
            }
            expected = use(whole, seed);
        }
        for (int run = 0; run < 20; run++) {
            assertEquals(expected, useWhileItArrives(new Random(seed + run)), "seed " + seed);
        }
    }

    private long useWhileItArrives(Random random) throws Exception {
        LinkedBlockingQueue<Long> requested = new LinkedBlockingQueue<>();
        try (MachineMemory memory = MachineMemory.allocate((long) FRAMES << 12)) {
            ArrivingMemory arriving =
                    new ArrivingMemory(
                            memory,
                            wanted -> {
                                for (long mfn : wanted) {
                                    requested.add(mfn);
                                }
                            });
            BitSet missing = new BitSet();
            List<Long> order = new ArrayList<>();
            for (long mfn = 0; mfn < FRAMES; mfn++) {
                if (random.nextInt(3) == 0) {
                    arriving.fill(page(mfn));
                } else {
                    // What came in an earlier round is not what is to be seen.
                    memory.supply(mfn, OLD, 0);
                    missing.set((int) mfn);
                    order.add(mfn);
                }
            }
            Collections.shuffle(order, random);
            arriving.expect(new Message.Missing(0, missing.toByteArray()));
            CompletableFuture<Long> seen = CompletableFuture.supplyAsync(() -> use(memory, seed));
            for (long next : order) {
                for (Long mfn = requested.poll(); mfn != null; mfn = requested.poll()) {
                    put(arriving, missing, mfn);
                }
                put(arriving, missing, next);
            }
            assertTrue(arriving.isComplete());
            return seen.get(60, TimeUnit.SECONDS);
        }
    }

    private static void put(ArrivingMemory arriving, BitSet missing, long mfn) {
        if (missing.get((int) mfn)) {
            missing.clear((int) mfn);
            arriving.fill(page(mfn));
        }
    }

    @Test
    void whoWaitsForAPageAsksForItAndIsToldIfItWillNotCome() throws Exception {
        LinkedBlockingQueue<long[]> requested = new LinkedBlockingQueue<>();
        try (MachineMemory memory = MachineMemory.allocate((long) FRAMES << 12)) {
            ArrivingMemory arriving = new ArrivingMemory(memory, requested::add);
            arriving.expect(new Message.Missing(0, new byte[] {0x0A}));
            CompletableFuture<Boolean> told =
                    CompletableFuture.supplyAsync(
                            () -> {
                                assertThrows(
                                        MissingFrameException.class, () -> memory.getLong(0x1008));
                                return true;
                            });
            long[] asked = requested.take();
            assertEquals(List.of(1L, 3L), Arrays.stream(asked).boxed().toList());
            assertFalse(told.isDone());
            arriving.close();
            assertTrue(told.get(60, TimeUnit.SECONDS));
        }
    }

    @Test
    void pagesThatAMachineMayHaveChangedAreRefused() {
        try (MachineMemory memory = MachineMemory.allocate((long) FRAMES << 12)) {
            ArrivingMemory arriving = new ArrivingMemory(memory, wanted -> {});
            arriving.fill(page(1));
            arriving.fill(page(1));
            arriving.expect(new Message.Missing(8, new byte[] {1}));
            assertThrows(WireException.class, () -> arriving.fill(page(1)));
            arriving.fill(page(8));
            assertThrows(WireException.class, () -> arriving.fill(page(8)));
            assertThrows(WireException.class, () -> arriving.fill(page(FRAMES)));
            assertThrows(
                    WireException.class,
                    () ->
                            arriving.fill(
                                    new Message.Pages(
                                            1, 1, Lent.stored(ByteBuffer.allocate(100)))));
            assertThrows(
                    WireException.class,
                    () -> arriving.expect(new Message.Missing(FRAMES, new byte[] {1})));
        }
    }

    @Test
    void neighboursComeTogetherAndAZeroPageTakesWhatWasThere() {
        try (MachineMemory memory = MachineMemory.allocate((long) FRAMES << 12)) {
            ArrivingMemory arriving = new ArrivingMemory(memory, wanted -> {});
            long[] together = new long[64];
            for (int i = 0; i < together.length; i++) {
                // None of them is zero.
                together[i] = 100L + i + i / 4 + 1L;
            }
            arriving.fill(page(together));
            arriving.fill(page(FRAMES - 1, 0, 5));
            memory.supply(10, OLD, 0);
            arriving.fill(page(10));
            for (long mfn : together) {
                assertEquals(content(mfn, 4088), memory.getLong((mfn << 12) + 4088), "" + mfn);
            }
            assertEquals(content(FRAMES - 1, 0), memory.getLong((FRAMES - 1L) << 12));
            assertEquals(0, memory.getLong(10L << 12));
        }
    }
}
