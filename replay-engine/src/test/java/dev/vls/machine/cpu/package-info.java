/** Errors of the processor, made on purpose. */
@NullMarked
package dev.vls.machine.cpu;

import org.jspecify.annotations.NullMarked;
