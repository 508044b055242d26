package dev.vls.migration;

import dev.vls.machine.Machine;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Has something done with a machine while it stands still between two steps. */
public interface StandingMachine {
    /**
     * Stops the machine for a moment.
     *
     * @param work done on the machine's thread, so it has to be quick
     * @return what it gives; fails if the machine has ended
     */
    <T> CompletionStage<T> whileItStands(Function<Machine, T> work);

    /**
     * Stops the machine, which then stands still until somebody lets it go on.
     *
     * @param work done on the machine's thread
     * @return what it gives, while the machine stands
     */
    <T> CompletionStage<T> stop(Function<Machine, T> work);
}
