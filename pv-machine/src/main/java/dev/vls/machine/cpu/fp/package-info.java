/** Exact binary floating-point arithmetic that x87 and SSE share; it knows no registers. */
@NullMarked
package dev.vls.machine.cpu.fp;

import org.jspecify.annotations.NullMarked;
