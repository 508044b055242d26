package dev.vls.machine.frames;

import dev.vls.machine.state.StateFields;
import java.util.Arrays;

/**
 * A bitmap with summaries: each level has a bit for every word of the one below that is not zero,
 * so finding the next lower set bit takes a few steps however large and sparse the bitmap is.
 */
final class FrameBitmap {
    private static final int WORD_SHIFT = 6;

    private final long[][] levels;

    /** All bits are clear at first. */
    FrameBitmap(int bits) {
        int depth = 1;
        for (int words = words(bits); words > 1; words = words(words)) {
            depth++;
        }
        levels = new long[depth][];
        int size = bits;
        for (int level = 0; level < depth; level++) {
            size = words(size);
            levels[level] = new long[size];
        }
    }

    private static int words(int bits) {
        return Math.max((bits + Long.SIZE - 1) >>> WORD_SHIFT, 1);
    }

    boolean get(int index) {
        return (levels[0][index >>> WORD_SHIFT] >>> index & 1) != 0;
    }

    void set(int index) {
        int at = index;
        for (long[] level : levels) {
            level[at >>> WORD_SHIFT] |= 1L << at;
            at >>>= WORD_SHIFT;
        }
    }

    void clear(int index) {
        int at = index;
        for (long[] level : levels) {
            int word = at >>> WORD_SHIFT;
            level[word] &= ~(1L << at);
            if (level[word] != 0) {
                return;
            }
            at = word;
        }
    }

    /**
     * The highest set bit at or below a place.
     *
     * @return -1 if there is none
     */
    int previousSetBit(int index) {
        int at = Math.min(index, (levels[0].length << WORD_SHIFT) - 1);
        for (int level = 0; level < levels.length && at >= 0; level++) {
            long below = levels[level][at >>> WORD_SHIFT] & -1L >>> (~at & 63);
            if (below != 0) {
                return descend(level, (at & -Long.SIZE) | highest(below));
            }
            at = (at >>> WORD_SHIFT) - 1;
        }
        return -1;
    }

    private int descend(int fromLevel, int fromIndex) {
        int index = fromIndex;
        for (int level = fromLevel - 1; level >= 0; level--) {
            index = index << WORD_SHIFT | highest(levels[level][index]);
        }
        return index;
    }

    private static int highest(long word) {
        return 63 - Long.numberOfLeadingZeros(word);
    }

    /** The bits; the summaries follow from them. */
    void state(StateFields s) {
        s.longs("bits", levels[0]);
        if (s.restores()) {
            for (int level = 1; level < levels.length; level++) {
                Arrays.fill(levels[level], 0);
                for (int i = 0; i < levels[level - 1].length; i++) {
                    if (levels[level - 1][i] != 0) {
                        levels[level][i >>> WORD_SHIFT] |= 1L << i;
                    }
                }
            }
        }
    }
}
