package dev.vls.replay;

import dev.vls.machine.Machine;

/** Takes what a replay can start from, where a machine has stopped. The machine's thread. */
interface Checkpoints {
    /** Whether the last one is not done yet. */
    boolean isBusy();

    /**
     * Takes one of a machine that does not run.
     *
     * @param eventsBefore events of the log that come before it
     * @param outputs what the next digest of outputs begins with, at most 1 MiB; empty at the log's
     *     start
     */
    void take(Machine machine, long eventsBefore, byte[] outputs);
}
