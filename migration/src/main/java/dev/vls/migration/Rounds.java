package dev.vls.migration;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the rounds of a transfer went, which pages are left for the last, and when there is no use in
 * another round. For one thread.
 */
public final class Rounds {
    /** So few pages are as well sent while the guest runs on behind its instant. */
    static final int FEW_PAGES = 512;

    static final int ROUNDS_MAX = 8;

    /** Why there is no other round. */
    public enum End {
        FEW_PAGES("few pages are left"),
        WORKING_SET("the guest writes pages as fast as they are sent"),
        ROUNDS("there were rounds enough"),
        /** The guest stands still for all of its memory. */
        NO_ROUNDS("no rounds were wanted");

        private final String text;

        End(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /**
     * One round.
     *
     * @param pages that were to be sent: at first all, then those that had been written
     * @param sent of them
     * @param postponed of them, since they had been written in the round before as well: the
     *     writable working set
     * @param bytes that were sent
     * @param nanos that it took
     * @param dirtied pages that were written while it went on
     */
    public record Round(
            int pages, long sent, long postponed, long bytes, long nanos, int dirtied) {}

    private final List<Round> rounds = new ArrayList<>();
    private BitSet before = new BitSet();
    private BitSet now = new BitSet();
    private int pages;
    private long postponed;
    private long began;
    private boolean shrinks = true;

    /**
     * A round begins.
     *
     * @param count of pages that are to be sent
     * @param nanos when they were as they are sent
     */
    void begin(int count, long nanos) {
        shrinks = rounds.isEmpty() || count < pages - pages / 8;
        pages = count;
        postponed = 0;
        BitSet older = before;
        before = now;
        now = older;
        now.clear();
        began = nanos;
    }

    /** Whether a page is to be sent in this round; those that are written again and again wait. */
    boolean wants(int mfn) {
        if (rounds.isEmpty()) {
            return true;
        }
        now.set(mfn);
        if (before.get(mfn)) {
            postponed++;
            return false;
        }
        return true;
    }

    /**
     * The round has ended.
     *
     * @param dirtied pages that were written meanwhile
     * @param nanos when that was found
     */
    Round end(long sent, long bytes, int dirtied, long nanos) {
        Round round = new Round(pages, sent, postponed, bytes, nanos - began, dirtied);
        rounds.add(round);
        return round;
    }

    int count() {
        return rounds.size();
    }

    List<Round> all() {
        return List.copyOf(rounds);
    }

    /** Why what is left now is the last; null if another round is of use. Asked within a round. */
    @Nullable End last() {
        if (pages <= FEW_PAGES) {
            return End.FEW_PAGES;
        }
        if (!shrinks) {
            return End.WORKING_SET;
        }
        return rounds.size() + 1 >= ROUNDS_MAX ? End.ROUNDS : null;
    }
}
