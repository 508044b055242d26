package dev.vls.migration;

import java.util.ArrayList;
import java.util.List;

/** How the rounds of a transfer went, and when there is no use in another one. */
public final class Rounds {
    /** So few pages are as well sent while the guest runs on behind its instant. */
    static final int FEW_PAGES = 512;

    static final int ROUNDS_MAX = 8;

    /**
     * One round.
     *
     * @param dirtied pages that were written since the round before, at first all
     * @param sent of them
     * @param nanos that it took
     */
    public record Round(int dirtied, long sent, long nanos) {}

    private final List<Round> rounds = new ArrayList<>();
    private int dirtied = Integer.MAX_VALUE;
    private boolean shrinks = true;
    private long began;

    void begin(int pages) {
        shrinks = pages < dirtied - dirtied / 8;
        dirtied = pages;
        began = System.nanoTime();
    }

    void end(long sent) {
        rounds.add(new Round(dirtied, sent, System.nanoTime() - began));
    }

    int count() {
        return rounds.size();
    }

    List<Round> all() {
        return List.copyOf(rounds);
    }

    /** Whether the next pages are the last: another round would leave as many. */
    boolean isLast() {
        return rounds.size() >= ROUNDS_MAX || dirtied <= FEW_PAGES || !shrinks;
    }
}
