package dev.vls.replay.lockstep;

import dev.vls.machine.Input;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The inputs of a run with their places, in memory, from its start on. Grows as long as the run
 * does. Owned by one thread.
 */
final class InputLog {
    /**
     * An input.
     *
     * @param read what a request to a disk has found, if this is its answer
     */
    @SuppressWarnings("ArrayRecordComponent") // Passed on, compared by nobody.
    record Entry(int vcpu, long instructionCount, Input input, byte @Nullable [] read) {
        boolean isAt(int atVcpu, long atCount) {
            return vcpu == atVcpu && instructionCount == atCount;
        }
    }

    private final List<Entry> entries = new ArrayList<>();

    void add(Entry entry) {
        entries.add(entry);
    }

    /** An entry by its number; null if there is none yet. */
    @Nullable Entry get(int number) {
        return number < entries.size() ? entries.get(number) : null;
    }
}
