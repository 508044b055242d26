/** The x87 floating-point unit: register stack, exact 80-bit arithmetic and its instructions. */
@NullMarked
package dev.vls.machine.cpu.x87;

import org.jspecify.annotations.NullMarked;
