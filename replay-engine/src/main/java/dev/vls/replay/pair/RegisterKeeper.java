package dev.vls.replay.pair;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a leader's entry at the arbiter what the leader wants it to be, one change at a time. Knows
 * what is noted for sure.
 */
final class RegisterKeeper {
    /** After this long an arbiter that could not be reached is asked again. */
    private static final long RETRY_NANOS = 200_000_000;

    /** Told of what the arbiter says. */
    interface Listener {
        /** This set is noted, and no other can be. */
        void noted(Set<UUID> set);

        /** Somebody else leads. */
        void fenced(Register other);

        /** One line for the operator. */
        void report(String line);
    }

    private final Arbiter arbiter;
    private final Listener listener;
    private final UUID node;
    private final String address;
    private long version = Arbiter.NOTHING;
    private @Nullable Register known;
    private boolean asking;

    /**
     * A change that was asked for may have been made, or may come to be made yet: what is known may
     * not be true, and what is read may not stay so. Once another change has been answered it is
     * over: the version that it would have to find is gone.
     */
    private boolean doubtful;

    private boolean away;
    private boolean over;
    private long retryAt = Long.MIN_VALUE;
    private long now;

    RegisterKeeper(Arbiter arbiter, UUID node, String address, Listener listener) {
        this.arbiter = arbiter;
        this.node = node;
        this.address = address;
        this.listener = listener;
    }

    /** This side has won an epoch already. */
    void won(long wonVersion, Register register) {
        version = wonVersion;
        known = register;
    }

    /** The epoch that this side leads; 0 if it does not yet. */
    long epoch() {
        Register register = known;
        return register == null ? 0 : register.epoch();
    }

    boolean isAway() {
        return away;
    }

    /** Makes the set at the arbiter what it is to be. To be called often. */
    void keep(long time, Set<UUID> wanted) {
        now = time;
        if (asking || over || time < retryAt) {
            return;
        }
        Register register = known;
        if (register == null || doubtful) {
            asking = true;
            arbiter.read(new Answer(wanted, false));
        } else if (!new TreeSet<>(register.set()).equals(new TreeSet<>(wanted))) {
            asking = true;
            arbiter.replace(version, register.with(wanted), new Answer(wanted, true));
        } else {
            // Who left before anything was asked for its sake is out already.
            listener.noted(new TreeSet<>(register.set()));
        }
    }

    private final class Answer implements Arbiter.Reader {
        private final Set<UUID> wanted;
        private final boolean ofChange;

        Answer(Set<UUID> wanted, boolean ofChange) {
            this.wanted = Set.copyOf(wanted);
            this.ofChange = ofChange;
        }

        @Override
        public void read(Arbiter.Reading reading) {
            asking = false;
            if (away) {
                away = false;
                listener.report("the arbiter answers again");
            }
            settle(reading);
        }

        private void settle(Arbiter.Reading reading) {
            Register found = reading.register();
            Register before = known;
            version = reading.version();
            doubtful &= !ofChange;
            if (found != null && found.leader().equals(node)) {
                known = found;
                if (doubtful) {
                    asking = true;
                    arbiter.replace(version, found, new Answer(wanted, true));
                } else {
                    listener.noted(new TreeSet<>(found.set()));
                }
            } else if (before == null) {
                asking = true;
                Register first =
                        found == null
                                ? new Register(1, node, address, List.of())
                                : found.successor(node, address);
                arbiter.replace(version, first, new Answer(wanted, true));
            } else if (found != null) {
                over = true;
                listener.fenced(found);
            }
        }

        @Override
        public void unreachable(String why) {
            asking = false;
            doubtful = true;
            retryAt = now + RETRY_NANOS;
            if (!away) {
                away = true;
                listener.report("the arbiter cannot be reached: " + why);
            }
        }
    }
}
