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
    record NetRx(int vcpu, long instructionCount, int device, Offload offload, Bytes frame)
            implements TraceEvent {}

    /** What is left to do with the checksum of a frame. */
    enum Checksum {
        /** Nothing is known of it. */
        NONE(0),
        /** It is right. */
        VALIDATED(1),
        /** It holds the sum of the pseudo header only. */
        BLANK(2);

        final int code;

        Checksum(int code) {
            this.code = code;
        }
    }

    /**
     * What is left to do with a frame.
     *
     * @param gsoType of Xen's {@code netif_extra_info}, 0 if it is not to be segmented
     * @param gsoSize most payload bytes of a segment, 0 if it is not to be segmented
     */
    record Offload(Checksum checksum, int gsoType, int gsoSize) {
        public static final Offload NONE = new Offload(Checksum.NONE, 0, 0);
        public static final Offload VALIDATED = new Offload(Checksum.VALIDATED, 0, 0);
        public static final Offload BLANK = new Offload(Checksum.BLANK, 0, 0);

        /**
         * Checks that all fits together.
         *
         * @throws IllegalArgumentException if it does not
         */
        public Offload {
            boolean whole =
                    (gsoType == 0 && gsoSize == 0) || isSegmented(checksum, gsoType, gsoSize);
            if (!whole) {
                throw new IllegalArgumentException("GSO type " + gsoType + ", size " + gsoSize);
            }
        }

        private static boolean isSegmented(Checksum checksum, int gsoType, int gsoSize) {
            return checksum == Checksum.BLANK
                    && gsoType > 0
                    && gsoType <= TraceFormat.GSO_TYPE_MAX
                    && gsoSize > 0
                    && gsoSize <= TraceFormat.GSO_SIZE_MAX;
        }

        int code() {
            return gsoType == 0 ? checksum.code : TraceFormat.OFFLOAD_SEGMENTS;
        }
    }

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
     * @param outputs of the digest of outputs before and all outputs since
     * @param vcpus of the vCPUs' state
     * @param memory of the guest's memory
     */
    record Digest(int vcpu, long instructionCount, Bytes outputs, Bytes vcpus, Bytes memory)
            implements TraceEvent {}
}
