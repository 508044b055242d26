package dev.vls.replay.pair;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;

/**
 * What an arbiter keeps for a domain: who leads, since when, and who may take over.
 *
 * @param epoch counts leaders, from 1
 * @param leader its id
 * @param address where it listens, empty if nobody can follow it
 * @param set ids of the followers that may take over
 */
public record Register(long epoch, UUID leader, String address, List<UUID> set) {
    /** Bytes of its text. */
    public static final int TEXT_MAX = 4096;

    private static final String HEAD = "vls 1";
    private static final int FIXED_LINES = 4;

    public Register {
        set = List.copyOf(new TreeSet<>(set));
    }

    /** The next leader's, with nobody who follows it yet. */
    public Register successor(UUID next, String nextAddress) {
        return new Register(epoch + 1, next, nextAddress, List.of());
    }

    /** The same leader with other followers. */
    public Register with(Iterable<UUID> followers) {
        List<UUID> ids = new ArrayList<>();
        followers.forEach(ids::add);
        return new Register(epoch, leader, address, ids);
    }

    /** As docs/spec/replication-protocol.md has it. */
    public String text() {
        StringBuilder text = new StringBuilder();
        text.append(HEAD).append('\n').append(epoch).append('\n');
        text.append(leader).append('\n').append(address).append('\n');
        set.forEach(id -> text.append(id).append('\n'));
        return text.toString();
    }

    /** Reads {@link #text}; nothing if it is something else. */
    public static Optional<Register> of(String text) {
        List<String> lines = text.lines().toList();
        if (lines.size() < FIXED_LINES || !lines.getFirst().equals(HEAD)) {
            return Optional.empty();
        }
        try {
            List<UUID> set =
                    lines.subList(FIXED_LINES, lines.size()).stream()
                            .map(UUID::fromString)
                            .toList();
            return Optional.of(
                    new Register(
                            Long.parseLong(lines.get(1)),
                            UUID.fromString(lines.get(2)),
                            lines.get(3),
                            set));
        } catch (IllegalArgumentException notOne) {
            return Optional.empty();
        }
    }
}
