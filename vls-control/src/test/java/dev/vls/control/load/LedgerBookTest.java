package dev.vls.control.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Replies as a ledger gave them, and what is noticed when they are tampered with. */
class LedgerBookTest {
    /** Of builtin:ledger: GET, ADD 40, ADD 2, ADD 0, each as the first requests there were. */
    private static final String[] REPLIES = {
        "1 total=0 hash=7b40817d53084b47",
        "2 total=40 hash=800f54e783990358",
        "3 total=42 hash=02ca7b20282f0d69",
        "4 total=42 hash=d660b85b1999f11e",
    };

    private final LedgerBook book = new LedgerBook();

    @BeforeEach
    void ask() {
        assertTrue(book.begin(REPLIES[0]));
        book.request("ADD 40", 40);
        book.request("ADD 2", 2);
        book.request("ADD 0", 0);
    }

    private void expect(long lost, long doubled, long wrong) {
        assertEquals(lost, book.lost(), "lost");
        assertEquals(doubled, book.doubled(), "doubled");
        assertEquals(wrong, book.wrong(), "wrong");
    }

    @Test
    void repliesThatAreRightAreRight() {
        book.reply(REPLIES[1]);
        book.reply(REPLIES[2]);
        book.reply(REPLIES[3]);
        expect(0, 0, 0);
    }

    @Test
    void aLostReplyIsCounted() {
        book.reply(REPLIES[1]);
        book.reply(REPLIES[3]);
        expect(1, 0, 0);
    }

    @Test
    void aReplyThatComesAgainIsCounted() {
        book.reply(REPLIES[1]);
        book.reply(REPLIES[1]);
        book.reply(REPLIES[2]);
        book.reply(REPLIES[3]);
        expect(0, 1, 0);
    }

    @Test
    void repliesInAnotherOrderAreCounted() {
        book.reply(REPLIES[2]);
        book.reply(REPLIES[1]);
        book.reply(REPLIES[3]);
        expect(1, 1, 0);
    }

    @Test
    void wrongTotalsHashesAndLinesAreCounted() {
        book.reply(REPLIES[1].replace("total=40", "total=41"));
        book.reply(REPLIES[2].replace("hash=0", "hash=1"));
        book.reply("nonsense");
        book.reply("5 total=42 hash=0000000000000000");
        expect(0, 0, 4);
    }

    @Test
    void whatIsNoLedgerIsSaid() {
        assertFalse(new LedgerBook().begin("HTTP/1.1 400 Bad Request"));
    }
}
