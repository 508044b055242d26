package dev.vls.trace;

import org.jspecify.annotations.Nullable;

/**
 * One entry of a trace's list: an input, or a digest to compare. Its place is before the step that
 * makes the vCPU's count {@code instructionCount + 1}, after the events that come before it.
 */
public sealed interface TraceEvent {
    int vcpu();

    long instructionCount();

    /** The name of docs/spec/trace-format.md. */
    default String kind() {
        return switch (this) {
            case Clock event -> "CLOCK";
            case ConsoleIn event -> "CONSOLE_IN";
            case NetRx event -> "NET_RX";
            case BlockDone event -> "BLOCK_DONE";
            case Control event -> "CONTROL";
            case Link event -> "LINK";
            case End event -> "END";
            case Digest event -> "DIGEST";
        };
    }

    /** Host time went on by so many nanoseconds. */
    record Clock(int vcpu, long instructionCount, long nanoseconds) implements TraceEvent {}

    /** Bytes typed at the console. */
    record ConsoleIn(int vcpu, long instructionCount, Bytes data) implements TraceEvent {}

    /** A frame from the network. */
    record NetRx(int vcpu, long instructionCount, int device, Bytes frame) implements TraceEvent {}

    /**
     * A request to a disk is done.
     *
     * @param data what was read, if that is logged
     */
    record BlockDone(
            int vcpu,
            long instructionCount,
            int device,
            long request,
            int status,
            @Nullable Bytes data)
            implements TraceEvent {}

    /** An operator's command. */
    record Control(int vcpu, long instructionCount, String command, String argument)
            implements TraceEvent {}

    /** A network device lost its carrier or has it again. */
    record Link(int vcpu, long instructionCount, int device, boolean carrier)
            implements TraceEvent {}

    /**
     * The run's end.
     *
     * @param digest of the final state; empty if there is none
     */
    record End(int vcpu, long instructionCount, String reason, Bytes digest)
            implements TraceEvent {}

    /**
     * What a replay must have here. Each may be empty: not taken here.
     *
     * @param outputs rolling, over all outputs since the start
     * @param vcpus of the vCPUs' state
     * @param memory of the guest's memory
     */
    record Digest(int vcpu, long instructionCount, Bytes outputs, Bytes vcpus, Bytes memory)
            implements TraceEvent {}
}
