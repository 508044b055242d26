package dev.vls.control;

import dev.vls.replay.Recording;

/**
 * Where a run is recorded, and how.
 *
 * @param path of the trace
 */
record TraceTarget(String path, Recording.Options options) {}
