package dev.vls.machine.host;

import dev.vls.machine.Input;
import dev.vls.machine.InputSource;
import dev.vls.machine.VirtualClock;
import org.jspecify.annotations.Nullable;

/**
 * Inputs of a machine whose time is its instruction count: what {@link HostInputs} holds reaches it
 * when every vCPU waits. With no timer set it waits for that; else it goes on to its next timer.
 * Operators do not wait.
 */
public final class VirtualInputs implements InputSource {
    private final HostInputs inputs;
    private final VirtualClock clock;

    /**
     * @param seed varies time, 0 for not at all
     */
    public VirtualInputs(HostInputs inputs, long seed) {
        this.inputs = inputs;
        this.clock = new VirtualClock(seed);
    }

    /** As {@link VirtualClock#answer}; on the machine's thread. */
    public void answer(Input input) {
        clock.answer(input);
    }

    @Override
    public long runLimit(int vcpu, long instructionCount) {
        return clock.runLimit(vcpu, instructionCount);
    }

    @Override
    public @Nullable Input poll(int vcpu, long instructionCount, long systemTime) {
        Input input = clock.poll(vcpu, instructionCount, systemTime);
        return input == null ? inputs.pollControl() : input;
    }

    @Override
    public @Nullable Input await(int vcpu, long instructionCount, long systemTime, long deadline) {
        Input answer = clock.poll(vcpu, instructionCount, systemTime);
        if (answer != null) {
            return answer;
        }
        try {
            Input input = nextOffered();
            while (input == null && deadline == Long.MAX_VALUE) {
                if (inputs.areEnded()) {
                    return nextOffered();
                }
                input = inputs.await(Long.MAX_VALUE);
            }
            return input == null
                    ? clock.await(vcpu, instructionCount, systemTime, deadline)
                    : input;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    /**
     * Passes over those that are only there to wake somebody: they are not the guest's business.
     */
    private @Nullable Input nextOffered() {
        Input input = inputs.poll();
        while (input instanceof Input.Clock) {
            input = inputs.poll();
        }
        return input;
    }
}
