package dev.vls.control.load;

import java.util.ArrayDeque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a ledger's replies have to be, computed from the requests. */
final class LedgerBook {
    private static final Pattern REPLY =
            Pattern.compile("([0-9]{1,18}) total=([0-9]{1,19}) hash=([0-9a-f]{16})");
    private static final long FNV_PRIME = 0x100_0000_01B3L;

    private record Expected(long number, long total, long hash) {}

    private final ArrayDeque<Expected> expected = new ArrayDeque<>();
    private long number;
    private long total;
    private long hash;
    private long lost;
    private long doubled;
    private long wrong;

    /**
     * Takes over from a first reply, whatever was asked before it.
     *
     * @return false if that is no ledger's reply
     */
    boolean begin(String reply) {
        Matcher fields = REPLY.matcher(reply);
        if (!fields.matches()) {
            return false;
        }
        number = Long.parseLong(fields.group(1));
        total = Long.parseUnsignedLong(fields.group(2));
        hash = Long.parseUnsignedLong(fields.group(3), 16);
        return true;
    }

    /** A request that adds a number is sent. */
    void request(String line, long added) {
        number++;
        total += added;
        for (int i = 0; i < line.length(); i++) {
            hash = (hash ^ line.charAt(i)) * FNV_PRIME;
        }
        hash = (hash ^ '\n') * FNV_PRIME;
        expected.add(new Expected(number, total, hash));
    }

    /** A reply came. */
    void reply(String line) {
        Matcher fields = REPLY.matcher(line);
        Expected due = expected.poll();
        if (due == null || !fields.matches()) {
            wrong++;
            return;
        }
        long got = Long.parseLong(fields.group(1));
        if (got < due.number) {
            doubled++;
            expected.addFirst(due);
            return;
        }
        while (due != null && got > due.number) {
            lost++;
            due = expected.poll();
        }
        if (due == null
                || Long.parseUnsignedLong(fields.group(2)) != due.total
                || Long.parseUnsignedLong(fields.group(3), 16) != due.hash) {
            wrong++;
        }
    }

    long lost() {
        return lost;
    }

    long doubled() {
        return doubled;
    }

    long wrong() {
        return wrong;
    }
}
