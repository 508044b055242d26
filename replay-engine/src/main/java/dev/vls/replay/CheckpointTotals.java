package dev.vls.replay;

/**
 * What checkpoints have cost a run.
 *
 * @param count how many were taken
 * @param pages that were frozen for them
 * @param pauseNanoseconds the machine stood still for them, together
 * @param pauseNanosecondsMax the longest time
 */
public record CheckpointTotals(
        long count, long pages, long pauseNanoseconds, long pauseNanosecondsMax) {
    /** There were none. */
    public static final CheckpointTotals NONE = new CheckpointTotals(0, 0, 0, 0);
}
