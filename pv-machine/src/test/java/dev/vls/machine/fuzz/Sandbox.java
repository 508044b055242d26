package dev.vls.machine.fuzz;

import dev.vls.machine.memory.MachineMemory;

/**
 * The memory that test cases run in, the same on both sides: two pages of code that may be written,
 * a hole behind them; data pages around holes and a read-only page. Mirrors instruction_oracle.c.
 */
final class Sandbox {
    static final int PAGE = MachineMemory.PAGE_SIZE;
    static final long CODE = 0x1000_0000L;
    static final int CODE_PAGES = 2;
    static final long DATA = 0x1001_0000L;
    static final int DATA_PAGES = 7;
    static final int INT3 = 0xCC;

    /** Data pages by index: writable, writable, hole, writable, read-only, writable, hole. */
    private static final int[] WRITABLE_DATA = {0, 1, 3, 5};

    static final int READ_ONLY_DATA = 4;

    /** The writable pages in ascending order, code first. */
    private static final long[] WRITABLE = {
        CODE, CODE + PAGE, data(0), data(1), data(3), data(5),
    };

    /** Page borders worth aiming at. */
    private static final long[] BORDERS = {
        data(1), data(1), data(2), data(3), data(4), data(5), data(6), data(0),
    };

    private Sandbox() {}

    static long data(int page) {
        return DATA + (long) page * PAGE;
    }

    static int writablePages() {
        return WRITABLE.length;
    }

    static long writablePage(int index) {
        return WRITABLE[index];
    }

    /** Index of the writable page that an address lies in, or -1. */
    static int writableIndex(long address) {
        for (int i = 0; i < WRITABLE.length; i++) {
            if ((address & -PAGE) == WRITABLE[i]) {
                return i;
            }
        }
        return -1;
    }

    static int[] writableDataPages() {
        return WRITABLE_DATA.clone();
    }

    /** An address in or near the data pages, often at a border. */
    static long address(Rng random) {
        if (random.chance(40)) {
            long border = BORDERS[random.below(BORDERS.length)];
            return border - 40 + random.below(48);
        }
        int page = WRITABLE_DATA[random.below(WRITABLE_DATA.length)];
        long at = data(page) + random.below(PAGE - 64);
        return random.chance(60) ? at & -16 : at;
    }
}
