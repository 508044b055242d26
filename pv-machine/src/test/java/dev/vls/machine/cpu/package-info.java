/** Tests of the processor. */
@NullMarked
package dev.vls.machine.cpu;

import org.jspecify.annotations.NullMarked;
