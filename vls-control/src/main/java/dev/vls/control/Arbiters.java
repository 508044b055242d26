package dev.vls.control;

import dev.vls.control.pair.FileArbiter;
import dev.vls.control.pair.HostArbiter;
import dev.vls.control.pair.HostPort;
import dev.vls.control.pair.NoArbiter;
import dev.vls.control.pair.ZooKeeperArbiter;
import dev.vls.control.pair.ZooKeeperPlace;
import java.util.UUID;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The words of {@code --arbiter}. */
final class Arbiters {
    private static final String LOCAL = "local";
    private static final String NONE = "none";

    private Arbiters() {}

    /**
     * One for a guest that has none yet.
     *
     * @param choice null for the default
     * @param name of the guest
     * @param node the first leader's id, which makes it another one than that of the guest of that
     *     name before
     * @param listen where followers come to
     * @param protocol where it answers
     * @throws CommandException if it cannot be used
     */
    static HostArbiter create(
            @Nullable String choice, String name, UUID node, HostPort listen, Executor protocol) {
        String unique = name + "-" + node.toString().substring(0, 8);
        String chosen =
                choice != null
                        ? choice
                        : listen.resolve().getAddress() != null
                                        && listen.resolve().getAddress().isLoopbackAddress()
                                ? LOCAL
                                : NONE;
        return switch (chosen) {
            case LOCAL -> FileArbiter.create(unique);
            case NONE -> new NoArbiter();
            default -> new ZooKeeperArbiter(place(chosen).of(unique), protocol);
        };
    }

    /**
     * The one that a leader names; null if it cannot be asked from here.
     *
     * @param name of {@link dev.vls.replay.pair.Arbiter#name}
     * @param protocol where it answers
     */
    static @Nullable HostArbiter of(String name, Executor protocol) {
        if (!name.startsWith(ZooKeeperPlace.SCHEME)) {
            return FileArbiter.of(name);
        }
        try {
            return new ZooKeeperArbiter(ZooKeeperPlace.parse(name), protocol);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /**
     * Checks a choice.
     *
     * @throws CommandException if it is none
     */
    static void check(@Nullable String choice) {
        if (choice != null && !choice.equals(LOCAL) && !choice.equals(NONE)) {
            var _ = place(choice);
        }
    }

    private static ZooKeeperPlace place(String choice) {
        try {
            return ZooKeeperPlace.parse(choice);
        } catch (IllegalArgumentException e) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "--arbiter %s: use local, none or zk://HOST:PORT[,HOST:PORT...][/PATH]"
                            .formatted(choice),
                    e);
        }
    }
}
