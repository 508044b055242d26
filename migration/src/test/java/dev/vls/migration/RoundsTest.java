package dev.vls.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Which pages a round leaves for the last, and which round is the last. */
final class RoundsTest {
    private final Rounds rounds = new Rounds();

    private void round(int pages) {
        rounds.begin(pages, 0);
        rounds.end(pages, 0, pages, 1);
    }

    @Test
    void whatIsWrittenInTwoRoundsOnEndIsLeftForTheLast() {
        rounds.begin(10_000, 0);
        assertTrue(rounds.wants(1));
        rounds.end(10_000, 0, 4_000, 10);
        rounds.begin(4_000, 10);
        assertTrue(rounds.wants(1), "all were sent in the first round, written or not");
        assertTrue(rounds.wants(2));
        rounds.end(4_000, 0, 2_000, 20);
        rounds.begin(2_000, 20);
        assertFalse(rounds.wants(1));
        assertTrue(rounds.wants(3));
        Rounds.Round third = rounds.end(1, 4_096, 2_000, 35);
        assertEquals(new Rounds.Round(2_000, 1, 1, 4_096, 15, 2_000), third);
        rounds.begin(2_000, 35);
        assertFalse(rounds.wants(1), "it is postponed once more");
        assertTrue(rounds.wants(2), "it was not written in the round before");
    }

    @Test
    void theLastRoundIsThatWhichLeavesFewPages() {
        rounds.begin(10_000, 0);
        assertNull(rounds.last());
        rounds.end(10_000, 0, 1, 1);
        rounds.begin(Rounds.FEW_PAGES, 1);
        assertEquals(Rounds.End.FEW_PAGES, rounds.last());
    }

    @Test
    void theLastRoundIsThatWhichLeavesAsManyPages() {
        round(10_000);
        rounds.begin(9_000, 1);
        assertEquals(Rounds.End.WORKING_SET, rounds.last());
    }

    @Test
    void thereAreNotMoreThanSomeRounds() {
        int pages = 1 << 20;
        for (int i = 1; i < Rounds.ROUNDS_MAX; i++) {
            rounds.begin(pages, i);
            assertNull(rounds.last());
            rounds.end(pages, 0, pages, i);
            pages /= 2;
        }
        rounds.begin(pages, 100);
        assertEquals(Rounds.End.ROUNDS, rounds.last());
    }
}
