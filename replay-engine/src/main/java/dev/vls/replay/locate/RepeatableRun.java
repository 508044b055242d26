package dev.vls.replay.locate;

/** A run that can be executed as often as wanted, each time the same. */
public interface RepeatableRun {
    /** What it is called in reports, such as "in the interpreter". */
    String name();

    /**
     * Begins it.
     *
     * @param totalSteps what is of interest comes behind so many steps of all vCPUs
     * @return an execution that has come no further than that
     */
    Execution begin(long totalSteps);
}
