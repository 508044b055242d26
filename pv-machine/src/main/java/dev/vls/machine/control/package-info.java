/** What an operator can do to a running domain: the toolstack's side of its life. */
@NullMarked
package dev.vls.machine.control;

import org.jspecify.annotations.NullMarked;
