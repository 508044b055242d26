package dev.vls.machine;

import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * An input source without a host: time is the count of instructions, and an idle machine jumps to
 * its next timer. Two runs of one domain are the same to the last bit. Inputs that were {@linkplain
 * #add added} are given once the guest waits with nothing else to do.
 */
public final class VirtualClock implements InputSource {
    private final Queue<Input> waiting = new ArrayDeque<>();

    /** Adds an input for the next moment at which every vCPU waits. */
    public void add(Input input) {
        waiting.add(input);
    }

    @Override
    public long runLimit(int vcpu, long instructionCount) {
        return Long.MAX_VALUE;
    }

    @Override
    public @Nullable Input poll(int vcpu, long instructionCount, long systemTime) {
        return null;
    }

    @Override
    public @Nullable Input await(int vcpu, long instructionCount, long systemTime, long deadline) {
        Input added = waiting.poll();
        if (added != null) {
            return added;
        }
        return deadline == Long.MAX_VALUE
                ? null
                : new Input.Clock(Math.max(deadline - systemTime, 0));
    }
}
