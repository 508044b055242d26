/** The project's own guests: their files, and their output beside that of real Xen. */
@NullMarked
package dev.vls.machine.guests;

import org.jspecify.annotations.NullMarked;
