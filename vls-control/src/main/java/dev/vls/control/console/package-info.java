/** The guest's console on the host: the terminal, what is kept of the output, and who reads it. */
@NullMarked
package dev.vls.control.console;

import org.jspecify.annotations.NullMarked;
