/** Snapshots: a domain's whole state in files; docs/spec/snapshot-files.md. */
@NullMarked
package dev.vls.replay.snapshot;

import org.jspecify.annotations.NullMarked;
