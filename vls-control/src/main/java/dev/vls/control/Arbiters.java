package dev.vls.control;

import dev.vls.control.pair.FileArbiter;
import dev.vls.control.pair.HostPort;
import dev.vls.control.pair.NoArbiter;
import dev.vls.replay.pair.Arbiter;
import java.util.UUID;
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
     * @throws CommandException if it cannot be used
     */
    static Arbiter create(@Nullable String choice, String name, UUID node, HostPort listen) {
        String chosen =
                choice != null
                        ? choice
                        : listen.resolve().getAddress() != null
                                        && listen.resolve().getAddress().isLoopbackAddress()
                                ? LOCAL
                                : NONE;
        return switch (chosen) {
            case LOCAL -> FileArbiter.create(name + "-" + node.toString().substring(0, 8));
            case NONE -> new NoArbiter();
            default -> throw unknown(chosen);
        };
    }

    /**
     * The one that a leader names; null if it cannot be asked from here.
     *
     * @param name of {@link Arbiter#name}
     */
    static @Nullable Arbiter of(String name) {
        return FileArbiter.of(name);
    }

    private static CommandException unknown(String choice) {
        return new CommandException(
                ExitCode.USAGE, "--arbiter " + choice + ": use local, none or zookeeper:HOST:PORT");
    }
}
