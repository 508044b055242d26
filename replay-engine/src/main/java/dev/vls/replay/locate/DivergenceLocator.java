package dev.vls.replay.locate;

import dev.vls.machine.Machine;
import dev.vls.machine.hypervisor.Vcpu;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the first instruction after which two runs differ. Executes both side by side, compares all
 * of their state at some places of the interval, and does the same again with what lies between the
 * last place where they were equal and the first where they were not, down to the instruction. Each
 * round executes both runs from where they can begin.
 *
 * <p>An error of an engine may depend on where its run is stopped: if a closer look does not show
 * it any more, the answer is the smallest interval that did.
 */
public final class DivergenceLocator {
    /** Places at which the runs are compared in one round. */
    private static final int PLACES = 64;

    private final RepeatableRun first;
    private final RepeatableRun second;
    private final Consumer<String> progress;

    /**
     * @param progress told of each round in a line
     */
    public DivergenceLocator(RepeatableRun first, RepeatableRun second, Consumer<String> progress) {
        this.first = first;
        this.second = second;
        this.progress = progress;
    }

    /**
     * Locates the first difference in an interval.
     *
     * @param from steps of all vCPUs; if the runs differ there already, all before is searched
     * @param to steps of all vCPUs; runs that end before are compared where they end
     * @return null if there is none
     */
    public @Nullable Location locate(long from, long to) {
        return locate(0, from, to);
    }

    /**
     * The same of runs one of which is only known from a place on.
     *
     * @param earliest that place: nothing before is searched
     */
    public @Nullable Location locate(long earliest, long from, long to) {
        long low = from;
        long high = to;
        Location best = null;
        while (true) {
            long stride = Math.max(1, (high - low + PLACES - 1) / PLACES);
            progress.accept(
                    "comparing %s with %s from instruction %d to %d in steps of %d"
                            .formatted(first.name(), second.name(), low, high, stride));
            Location found = round(low, high, stride);
            if (found == null) {
                return best;
            }
            boolean differAtStart = found.differentSteps() == found.equalSteps();
            if (differAtStart && low > earliest) {
                high = low;
                low = earliest;
            } else if (differAtStart || stride == 1) {
                return found;
            } else {
                best = found;
                low = found.equalSteps();
                high = found.differentSteps();
            }
        }
    }

    /** Compares at places so many steps apart; the first difference, null if there is none. */
    private @Nullable Location round(long low, long high, long stride) {
        try (Execution a = first.begin(low);
                Execution b = second.begin(low)) {
            String aStopped = a.advance(low);
            String bStopped = b.advance(low);
            // They may have begun at different places, with different outputs behind them.
            a.outputs().clear();
            b.outputs().clear();
            List<Difference> differences = StateComparison.of(a, b, aStopped, bStopped);
            if (!differences.isEmpty()) {
                return new Location(low, low, 0, 0, List.of(), differences, List.of(), List.of());
            }
            StepTrail trail = stride == 1 ? new StepTrail(a.machine(), b.machine()) : null;
            for (long at = low; at < high && aStopped == null; ) {
                long next = Math.min(at + stride, high);
                Vcpu turn = turn(a.machine());
                long count = turn.cpu.instructionCount;
                if (trail != null) {
                    trail.beforeStep(turn);
                }
                aStopped = a.advance(next);
                bStopped = b.advance(next);
                differences = StateComparison.of(a, b, aStopped, bStopped);
                if (!differences.isEmpty()) {
                    return new Location(
                            at,
                            next,
                            turn.id,
                            count,
                            trail == null ? List.of() : trail.code(),
                            differences,
                            trail == null ? List.of() : trail.firstEvents(),
                            trail == null ? List.of() : trail.secondEvents());
                }
                at = next;
            }
            return null;
        }
    }

    /** The instructions that bring a run to a place, and those behind it in memory. */
    public static List<String> codeBefore(RepeatableRun run, long steps) {
        long from = Math.max(0, steps - PLACES);
        try (Execution execution = run.begin(from)) {
            StepTrail trail = new StepTrail(execution.machine(), execution.machine());
            String stopped = execution.advance(from);
            for (long at = from; at < steps && stopped == null; at++) {
                trail.beforeStep(turn(execution.machine()));
                stopped = execution.advance(at + 1);
            }
            return trail.code();
        }
    }

    private static Vcpu turn(Machine machine) {
        return machine.domain().vcpu(machine.currentVcpu());
    }
}
