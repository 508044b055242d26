/** Inputs and the trace file. */
@NullMarked
package dev.vls.trace;

import org.jspecify.annotations.NullMarked;
