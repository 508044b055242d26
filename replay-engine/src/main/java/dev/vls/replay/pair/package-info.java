/**
 * The logic of leaders and followers, docs/spec/replication-protocol.md: state machines of one
 * thread each, which are told of frames, answers and the time, and reach the world through
 * interfaces. Nothing in here has a clock, a thread, a socket or a file, so that a simulator runs
 * it as it is.
 */
@NullMarked
package dev.vls.replay.pair;

import org.jspecify.annotations.NullMarked;
