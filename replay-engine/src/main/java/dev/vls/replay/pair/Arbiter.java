package dev.vls.replay.pair;

import org.jspecify.annotations.Nullable;

/**
 * A register that all see alike and that is changed by compare-and-set. Answers come later, or at
 * once, on the thread of the protocol that asked; each question is answered once.
 */
public interface Arbiter {
    /** Version of a register that is not there yet. */
    long NOTHING = -1;

    /** The register as it is. */
    record Reading(long version, @Nullable Register register) {}

    /** Takes an answer. */
    interface Reader {
        void read(Reading reading);

        /** It cannot be reached; what was asked to change may have changed or not. */
        void unreachable(String why);
    }

    /** Reads the register. */
    void read(Reader answer);

    /**
     * Changes the register if it has still the version that was read, and answers what it is then:
     * the new content if it was changed, that of somebody else if not.
     */
    void replace(long version, Register next, Reader answer);

    /** What others have to know to ask the same arbiter. */
    String name();
}
