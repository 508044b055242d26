/**
 * Kernels of the integer instructions: what each one computes, as static methods over operand
 * values (zero-extended in; bits above the width are ignored on the way out). The instruction table
 * says which encoding uses which. See docs/instructions.md for how parameters are bound.
 */
@NullMarked
package dev.vls.machine.cpu.integer;

import org.jspecify.annotations.NullMarked;
