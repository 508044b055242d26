/**
 * The processor: 64-bit long mode as a ring-3 program meets it, which is what a Xen PV guest is. It
 * knows nothing of Xen; whatever leaves the instruction set goes to the {@link Supervisor}.
 */
@NullMarked
package dev.vls.machine.cpu;

import org.jspecify.annotations.NullMarked;
