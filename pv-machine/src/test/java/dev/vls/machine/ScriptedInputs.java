package dev.vls.machine;

import dev.vls.machine.control.ControlCommandParser;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Virtual time with inputs at given places: after so many steps of a vCPU, or, for those added
 * without a place, when every vCPU waits.
 */
final class ScriptedInputs implements InputSource {
    private static final long WHEN_IDLE = -1;

    private record Entry(int vcpu, long count, Input input) {}

    private final Queue<Entry> script = new ArrayDeque<>();
    private final VirtualClock clock = new VirtualClock();

    /** Adds an input; each acts behind the one before it. */
    ScriptedInputs at(int vcpu, long count, Input input) {
        script.add(new Entry(vcpu, count, input));
        return this;
    }

    ScriptedInputs at(int vcpu, long count, String command) {
        return at(vcpu, count, new Input.Control(ControlCommandParser.parse(command)));
    }

    ScriptedInputs whenIdle(Input input) {
        return at(0, WHEN_IDLE, input);
    }

    ScriptedInputs whenIdle(String command) {
        return at(0, WHEN_IDLE, command);
    }

    boolean isAtEnd() {
        return script.isEmpty();
    }

    @Override
    public long runLimit(int vcpu, long instructionCount) {
        Entry next = script.peek();
        return next != null && next.vcpu == vcpu && next.count > instructionCount
                ? next.count
                : Long.MAX_VALUE;
    }

    @Override
    public @Nullable Input poll(int vcpu, long instructionCount, long systemTime) {
        Entry next = script.peek();
        if (next == null || next.vcpu != vcpu || next.count != instructionCount) {
            return null;
        }
        return script.remove().input;
    }

    @Override
    public @Nullable Input await(int vcpu, long instructionCount, long systemTime, long deadline) {
        Entry next = script.peek();
        if (next != null && next.count == WHEN_IDLE) {
            return script.remove().input;
        }
        Input here = poll(vcpu, instructionCount, systemTime);
        return here != null ? here : clock.await(vcpu, instructionCount, systemTime, deadline);
    }
}
