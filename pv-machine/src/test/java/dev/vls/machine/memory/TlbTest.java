package dev.vls.machine.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TlbTest {
    private static final int PAGES = 3 * Tlb.SLOTS;
    private static final int FRAMES = 40;

    private record Entry(long page, long frame, boolean writable) {}

    private final Tlb tlb = new Tlb();
    private final Map<Integer, Entry> data = new HashMap<>();
    private final Map<Integer, Entry> fetches = new HashMap<>();

    /** Frames are few, so that chains are long and have entries of several frames. */
    @Test
    void holdsWhatWasFilledAndNotDroppedSince() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int step = 0; step < 20_000; step++) {
            long page = (long) random.nextInt(PAGES) << MachineMemory.PAGE_SHIFT;
            long frame = (long) random.nextInt(FRAMES) * (Tlb.SLOTS / 2);
            Entry entry = new Entry(page, frame, random.nextBoolean());
            switch (random.nextInt(40)) {
                case 0 -> invalidate(frame);
                case 1 -> protect(frame);
                case 2 -> {
                    if (random.nextInt(20) == 0) {
                        tlb.flush();
                        data.clear();
                        fetches.clear();
                    }
                }
                default -> {
                    if (random.nextBoolean()) {
                        tlb.fill(page, frame, frame - page, entry.writable);
                        data.put(Tlb.slot(page), entry);
                    } else {
                        tlb.fillExecute(page, frame);
                        fetches.put(Tlb.slot(page), entry);
                    }
                }
            }
            compare(Tlb.slot(page), "seed " + seed + " step " + step);
            if (step % 500 == 0) {
                for (int slot = 0; slot < Tlb.SLOTS; slot++) {
                    compare(slot, "seed " + seed + " step " + step);
                }
            }
        }
    }

    private void invalidate(long frame) {
        tlb.invalidateFrame(frame);
        data.values().removeIf(entry -> entry.frame == frame);
        fetches.values().removeIf(entry -> entry.frame == frame);
    }

    private void protect(long frame) {
        tlb.writeProtectFrame(frame);
        data.replaceAll(
                (slot, entry) ->
                        entry.frame == frame ? new Entry(entry.page, frame, false) : entry);
    }

    private void compare(int slot, String what) {
        Entry read = data.get(slot);
        assertEquals(read == null ? Tlb.INVALID : read.page, tlb.readTag[slot], what);
        long writable = read != null && read.writable ? read.page : Tlb.INVALID;
        assertEquals(writable, tlb.writeTag[slot], what);
        if (read != null) {
            assertEquals(read.frame, tlb.dataFrame(slot), what);
            assertEquals(read.frame - read.page, tlb.addend[slot], what);
        }
        Entry fetch = fetches.get(slot);
        assertEquals(fetch == null ? Tlb.INVALID : fetch.page, tlb.executeTag[slot], what);
        if (fetch != null) {
            assertEquals(fetch.frame, tlb.executeFrame(slot), what);
            assertTrue(tlb.executes(fetch.page + 5, fetch.frame), what);
            assertFalse(tlb.executes(fetch.page, fetch.frame + 1), what);
        }
    }
}
