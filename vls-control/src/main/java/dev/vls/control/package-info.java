/** The vls command. */
@NullMarked
package dev.vls.control;

import org.jspecify.annotations.NullMarked;
