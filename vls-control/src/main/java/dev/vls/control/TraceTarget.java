package dev.vls.control;

import dev.vls.replay.Recording;

/**
 * Where a run is recorded, and how.
 *
 * @param path of the trace
 * @param checkpointSteps steps of all vCPUs from one checkpoint to the next, 0 for none
 * @param pack whether the trace holds the guest's files
 * @param check whether it is replayed beside the recording
 */
record TraceTarget(
        String path,
        Recording.Options options,
        long checkpointSteps,
        boolean pack,
        boolean check) {}
