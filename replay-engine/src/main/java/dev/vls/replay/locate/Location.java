package dev.vls.replay.locate;

import java.util.ArrayList;
import java.util.List;

/**
 * Where two runs part.
 *
 * @param equalSteps steps of all vCPUs after which all state is equal
 * @param differentSteps the same for the first that was seen to differ; one more if it was found to
 *     the instruction
 * @param vcpu whose turn it is where all is equal, with its step count there
 * @param code instructions around, the last one executed behind an arrow; empty unless found to the
 *     instruction
 * @param differences at least one
 * @param firstEvents what happened in the last step in the first run, as lines of the event log
 */
public record Location(
        long equalSteps,
        long differentSteps,
        int vcpu,
        long instructionCount,
        List<String> code,
        List<Difference> differences,
        List<String> firstEvents,
        List<String> secondEvents) {

    /** Whether the two places are one instruction apart. */
    public boolean isExact() {
        return differentSteps - equalSteps <= 1;
    }

    /** A report for people, a line each. */
    public List<String> report(String firstName, String secondName) {
        List<String> lines = new ArrayList<>();
        if (differentSteps == equalSteps) {
            lines.add("different before the first instruction");
        } else if (isExact()) {
            lines.add(
                    "first difference: instruction %d of vCPU %d (%d of all vCPUs)"
                            .formatted(instructionCount + 1, vcpu, differentSteps));
        } else {
            lines.add(
                    ("first difference between %d and %d instructions of all vCPUs; it does not"
                                    + " show if the runs are stopped in between")
                            .formatted(equalSteps, differentSteps));
        }
        code.forEach(line -> lines.add("  " + line));
        differences.forEach(d -> lines.add(d.text(firstName, secondName)));
        if (firstEvents.equals(secondEvents)) {
            firstEvents.forEach(line -> lines.add("event: " + line));
        } else {
            firstEvents.forEach(line -> lines.add("event " + firstName + ": " + line));
            secondEvents.forEach(line -> lines.add("event " + secondName + ": " + line));
        }
        return lines;
    }
}
