/** Tests of the command, and of what holds across modules. */
@NullMarked
package dev.vls.control;

import org.jspecify.annotations.NullMarked;
