package dev.vls.replay;

/**
 * The first difference between a replay and its trace.
 *
 * @param what differs
 * @param equal the last place whose digests were compared and equal
 * @param different where the difference was seen
 */
public record Divergence(What what, Place equal, Place different, String detail) {
    /** What can differ. */
    public enum What {
        /** The machine passed a place at which there is an input, or waits at another one. */
        PLACE,
        OUTPUTS,
        VCPUS,
        MEMORY,
        /** The guest ended, and the trace has inputs for it. */
        END
    }

    /**
     * A place of a run.
     *
     * @param event number of the trace's next event there
     * @param totalSteps of all vCPUs
     */
    public record Place(int vcpu, long instructionCount, long event, long totalSteps) {
        /** Where a run starts. */
        public static final Place START = new Place(0, 0, 0, 0);

        @Override
        public String toString() {
            return "vCPU %d at %d".formatted(vcpu, instructionCount);
        }
    }

    /** In one line. */
    public String message() {
        return "diverged at %s (event %d): %s; equal at %s (event %d)"
                .formatted(different, different.event(), detail, equal, equal.event());
    }
}
