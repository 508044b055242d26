package dev.vls.replay.lockstep;

import java.util.List;

/** Two engines came to different states. */
public final class LockstepDifference extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient List<String> report;

    LockstepDifference(List<String> report) {
        super(report.getFirst());
        this.report = List.copyOf(report);
    }

    /** Where and what, a line each. */
    public List<String> report() {
        return report;
    }
}
