/** Carries the frames of docs/spec/replication-protocol.md over TCP, with Netty. */
@NullMarked
package dev.vls.replay.net;

import org.jspecify.annotations.NullMarked;
