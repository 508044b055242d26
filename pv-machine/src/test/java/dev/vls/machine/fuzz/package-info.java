/**
 * Differential fuzzing of the embedded processor against the one underneath
 * (docs/instruction-fuzzing.md).
 */
@NullMarked
package dev.vls.machine.fuzz;

import org.jspecify.annotations.NullMarked;
