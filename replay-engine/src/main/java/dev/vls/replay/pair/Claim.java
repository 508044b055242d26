package dev.vls.replay.pair;

import java.util.UUID;

/**
 * A follower's way to the arbiter: asks for the lead, one question at a time. As long as it is
 * {@linkplain #isOpen open} the follower may lead already, and not know it.
 */
final class Claim {
    private static final long AGAIN_NANOS = 200_000_000;

    /** Told what the arbiter says. */
    interface Listener {
        /** The follower leads. */
        void won(Arbiter arbiter, long version, Register mine);

        /** Somebody else does, in a later epoch. */
        void lost(Register other);

        /** The follower is not among those who may take over. */
        void notInSet();

        /** The arbiter does not know the leader that is followed. */
        void unknownLeader();

        /** It has not answered. */
        void unanswered();

        /** One line for the operator. */
        void report(String line);
    }

    private final String address;
    private final Listener listener;
    private boolean asking;

    /** A change that was asked for may have been made. */
    private boolean doubtful;

    private boolean away;
    private long nextTry = Long.MIN_VALUE;

    /**
     * @param address where others can follow this side once it leads; empty for nowhere
     */
    Claim(String address, Listener listener) {
        this.address = address;
        this.listener = listener;
    }

    /** Whether the arbiter may have said, or be about to say, that this side leads. */
    boolean isOpen() {
        return asking || doubtful;
    }

    /**
     * Asks; nothing if an answer is awaited, or not long ago there was none.
     *
     * @param node who wants to lead
     * @param epoch of the leader that it followed
     * @param leader its id
     */
    void ask(Arbiter arbiter, UUID node, long epoch, UUID leader, long now) {
        if (asking || now < nextTry) {
            return;
        }
        asking = true;
        nextTry = now + AGAIN_NANOS;
        arbiter.read(new Question(arbiter, node, epoch, leader));
    }

    private final class Question implements Arbiter.Reader {
        private final Arbiter arbiter;
        private final UUID node;
        private final long epoch;
        private final UUID leader;
        private boolean changes;

        Question(Arbiter arbiter, UUID node, long epoch, UUID leader) {
            this.arbiter = arbiter;
            this.node = node;
            this.epoch = epoch;
            this.leader = leader;
        }

        @Override
        public void read(Arbiter.Reading reading) {
            asking = false;
            doubtful = false;
            if (away) {
                away = false;
                listener.report("the arbiter answers again");
            }
            decide(reading);
        }

        private void decide(Arbiter.Reading reading) {
            Register found = reading.register();
            if (found == null) {
                listener.unknownLeader();
            } else if (found.leader().equals(node)) {
                listener.won(arbiter, reading.version(), found);
            } else if (found.epoch() > epoch) {
                listener.lost(found);
            } else if (!found.leader().equals(leader)) {
                listener.unknownLeader();
            } else if (!found.set().contains(node)) {
                listener.notInSet();
            } else {
                asking = true;
                changes = true;
                arbiter.replace(reading.version(), found.successor(node, address), this);
            }
        }

        @Override
        public void unreachable(String why) {
            asking = false;
            doubtful |= changes;
            if (!away) {
                away = true;
                listener.report("the arbiter cannot be reached, nobody takes over: " + why);
            }
            listener.unanswered();
        }
    }
}
