package dev.vls.machine.domain;

import java.util.List;

/**
 * A run of linear addresses that the initial page tables map to a run of frames, and the tables
 * that are there for it and for no earlier area. Addresses are the low 48 bits; ends are inclusive,
 * as the last one may be the end of the address space.
 *
 * @param from first address, of a page
 * @param to last address
 * @param pfn frame mapped at {@code from}
 * @param tables by level: 0 for L1 to 3 for L4
 */
record MappedArea(long from, long to, long pfn, List<Tables> tables) {
    static final int LEVELS = 4;
    static final long ADDRESS_MASK = (1L << 48) - 1;

    /**
     * The tables of one level for an area, in consecutive frames.
     *
     * @param from first address that they cover, a multiple of what one covers
     * @param to last address; below {@code from} if there are none
     */
    record Tables(long from, long to, long pfn) {
        static final Tables NONE = new Tables(1, 0, 0);

        boolean isEmpty() {
            return to < from;
        }

        boolean covers(long address) {
            return address >= from && address <= to;
        }
    }

    /** Number of address bits that one table of a level covers. */
    static int coveredBits(int level) {
        return 12 + 9 * (level + 1);
    }

    long frames() {
        return ((to - from) >>> 12) + 1;
    }

    /** Frames of the tables of all levels. */
    long tableFrames() {
        long result = 0;
        for (int level = 0; level < LEVELS; level++) {
            Tables t = tables.get(level);
            result += t.isEmpty() ? 0 : ((t.to - t.from) >>> coveredBits(level)) + 1;
        }
        return result;
    }

    /**
     * Plans the tables for an area as {@code count_pgtables} of Xen's {@code xg_dom_x86.c} does:
     * from the top level down, in consecutive frames, leaving out what earlier areas' tables cover.
     *
     * @param tablesPfn frame of the first table
     */
    static MappedArea plan(long from, long to, long pfn, long tablesPfn, List<MappedArea> earlier) {
        Tables[] planned = new Tables[LEVELS];
        long nextPfn = tablesPfn;
        for (int level = LEVELS - 1; level >= 0; level--) {
            planned[level] = planLevel(level, from, to, nextPfn, earlier);
            if (!planned[level].isEmpty()) {
                nextPfn += ((planned[level].to - planned[level].from) >>> coveredBits(level)) + 1;
            }
        }
        return new MappedArea(from, to, pfn, List.of(planned));
    }

    private static Tables planLevel(
            int level, long from, long to, long pfn, List<MappedArea> earlier) {
        long mask = (1L << coveredBits(level)) - 1;
        long first = from & ~mask;
        long last = to | mask;
        for (MappedArea area : earlier) {
            Tables t = area.tables.get(level);
            if (t.covers(first) && t.covers(last)) {
                return Tables.NONE;
            }
            if (t.covers(first)) {
                first = t.to + 1;
            }
            if (t.covers(last)) {
                last = t.from - 1;
            }
        }
        return last < first ? Tables.NONE : new Tables(first, last, pfn);
    }
}
