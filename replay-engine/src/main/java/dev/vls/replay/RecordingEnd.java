package dev.vls.replay;

/**
 * The last entry of a trace.
 *
 * @param reason how the run ended, in a word
 * @param digest of the final state; not changed by anybody
 */
@SuppressWarnings("ArrayRecordComponent") // Passed on, compared by nobody.
record RecordingEnd(String reason, byte[] digest) {}
