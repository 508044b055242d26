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
    private final Queue<Input> answers = new ArrayDeque<>();
    private final Queue<Input> waiting = new ArrayDeque<>();

    /** Adds an input for the next moment at which every vCPU waits. */
    public void add(Input input) {
        waiting.add(input);
    }

    /**
     * Adds the answer to something that the machine asks right now, such as a request to a disk; it
     * is given an instruction later, or at once to a machine that waits.
     */
    public void answer(Input input) {
        answers.add(input);
    }

    @Override
    public long runLimit(int vcpu, long instructionCount) {
        return answers.isEmpty() ? Long.MAX_VALUE : instructionCount + 1;
    }

    @Override
    public @Nullable Input poll(int vcpu, long instructionCount, long systemTime) {
        return answers.poll();
    }

    @Override
    public @Nullable Input await(int vcpu, long instructionCount, long systemTime, long deadline) {
        Input answer = answers.poll();
        Input added = answer == null ? waiting.poll() : answer;
        if (added != null) {
            return added;
        }
        return deadline == Long.MAX_VALUE
                ? null
                : new Input.Clock(Math.max(deadline - systemTime, 0));
    }
}
