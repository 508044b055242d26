/** The frames of docs/spec/replication-protocol.md, as values and as bytes. */
@NullMarked
package dev.vls.replay.wire;

import org.jspecify.annotations.NullMarked;
