package dev.vls.replay.locate;

import dev.vls.machine.Machine;
import org.jspecify.annotations.Nullable;

/** One execution of a {@link RepeatableRun}. Owned by one thread. */
public interface Execution extends AutoCloseable {
    Machine machine();

    /** What the guest has put out since the execution began. */
    OutputTrail outputs();

    /**
     * Goes on until all vCPUs together have taken so many steps.
     *
     * @return null if it came there, else why it cannot
     */
    @Nullable String advance(long totalSteps);

    @Override
    void close();
}
