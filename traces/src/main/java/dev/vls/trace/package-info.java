/**
 * The trace file: everything that a run took from outside, with its places. The format is that of
 * docs/spec/trace-format.md. Knows no machine.
 */
@NullMarked
package dev.vls.trace;

import org.jspecify.annotations.NullMarked;
