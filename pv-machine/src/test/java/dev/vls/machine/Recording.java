package dev.vls.machine;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A source of random inputs at random places that remembers them, and {@link Replay}, which gives
 * them again at the same places, cutting the run in between at other places of its own.
 */
final class Recording implements InputSource {
    /** An input and its place. */
    record Entry(int vcpu, long count, Input input) {}

    final List<Entry> entries = new ArrayList<>();
    private final Random random;
    private final byte[] typed;
    private boolean given;

    Recording(long seed) {
        this(seed, "");
    }

    /** With a user who now and then types a text. */
    Recording(long seed, String typed) {
        random = new Random(seed);
        this.typed = typed.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public long runLimit(int vcpu, long instructionCount) {
        return instructionCount + 1 + random.nextInt(20_000);
    }

    @Override
    public @Nullable Input poll(int vcpu, long instructionCount, long systemTime) {
        given = !given && random.nextInt(3) == 0;
        if (!given) {
            return null;
        }
        return typed.length > 0 && random.nextInt(8) == 0
                ? remember(vcpu, instructionCount, new Input.ConsoleIn(typed))
                : remember(vcpu, instructionCount, random.nextInt(300_000));
    }

    @Override
    public @Nullable Input await(int vcpu, long instructionCount, long systemTime, long deadline) {
        if (deadline == Long.MAX_VALUE) {
            return null;
        }
        long missing = Math.max(deadline - systemTime, 0);
        long part = random.nextBoolean() ? missing + random.nextInt(100_000) : missing / 2 + 1;
        return remember(vcpu, instructionCount, part);
    }

    private Input remember(int vcpu, long count, long nanoseconds) {
        return remember(vcpu, count, new Input.Clock(nanoseconds));
    }

    private Input remember(int vcpu, long count, Input input) {
        entries.add(new Entry(vcpu, count, input));
        return input;
    }

    /** Gives a recording's inputs again. */
    static final class Replay implements InputSource {
        private final List<Entry> entries;
        private final Random random;
        private int next;

        Replay(List<Entry> entries, long seed) {
            this(entries, 0, seed);
        }

        /** From an entry on. */
        Replay(List<Entry> entries, int first, long seed) {
            this.entries = entries;
            this.next = first;
            this.random = new Random(seed);
        }

        @Override
        public long runLimit(int vcpu, long instructionCount) {
            long limit = instructionCount + 1 + random.nextInt(50_000);
            if (next < entries.size() && entries.get(next).vcpu() == vcpu) {
                limit = Math.min(limit, entries.get(next).count());
            }
            return limit;
        }

        @Override
        public @Nullable Input poll(int vcpu, long instructionCount, long systemTime) {
            if (next < entries.size()
                    && entries.get(next).vcpu() == vcpu
                    && entries.get(next).count() == instructionCount) {
                return entries.get(next++).input();
            }
            return null;
        }

        @Override
        public @Nullable Input await(
                int vcpu, long instructionCount, long systemTime, long deadline) {
            return poll(vcpu, instructionCount, systemTime);
        }

        boolean isAtEnd() {
            return next == entries.size();
        }
    }
}
