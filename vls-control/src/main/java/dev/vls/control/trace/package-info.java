/** The commands that look at traces. */
@NullMarked
package dev.vls.control.trace;

import org.jspecify.annotations.NullMarked;
