package dev.vls.machine.host;

import dev.vls.machine.Input;
import dev.vls.machine.InputSource;
import dev.vls.machine.VirtualClock;
import org.jspecify.annotations.Nullable;

/**
 * Inputs of a machine whose time is its instruction count: what users type reaches it when every
 * vCPU waits. With no timer set it waits for them; else it goes on to its next timer. Operators do
 * not wait.
 */
public final class VirtualInputs implements InputSource {
    private final HostInputs inputs;
    private final VirtualClock clock = new VirtualClock();

    public VirtualInputs(HostInputs inputs) {
        this.inputs = inputs;
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
        try {
            Input input = nextConsoleInput();
            if (input != null) {
                return input;
            }
            if (deadline != Long.MAX_VALUE || inputs.areEnded()) {
                return clock.await(vcpu, instructionCount, systemTime, deadline);
            }
            return inputs.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    /**
     * Passes over those that are only there to wake somebody: they are not the guest's business.
     */
    private @Nullable Input nextConsoleInput() {
        Input input = inputs.poll();
        while (input instanceof Input.Clock) {
            input = inputs.poll();
        }
        return input;
    }
}
